//! The programs above a process, from a list of all processes.

/// One that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) id: u32,
    pub(crate) parent: u32,
    /// The name of its program's file.
    pub(crate) name: String,
}

/// The names of the programs above this one, the nearest first. `started` tells when a process
/// began: a number is given again after its process has ended, so a parent that is younger than its
/// child is another program, and what is above it is not known.
pub(crate) fn above<'a>(
    id: u32,
    processes: &'a [Process],
    started: &dyn Fn(u32) -> Option<u64>,
) -> Vec<&'a str> {
    let mut names = Vec::new();
    let mut child = processes.iter().find(|process| process.id == id);
    // Never more than there are, whatever their numbers say.
    while let Some(of) = child.filter(|_| names.len() < processes.len()) {
        let parent = processes.iter().find(|process| process.id == of.parent);
        child = parent.filter(|parent| {
            let times = (started(parent.id), started(of.id));
            parent.id != of.id && matches!(times, (Some(parent), Some(child)) if parent <= child)
        });
        names.extend(child.map(|parent| parent.name.as_str()));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn processes() -> Vec<Process> {
        let listed = [
            (4, 0, "System"),
            (10, 4, "explorer.exe"),
            (20, 10, "powershell.exe"),
            (30, 20, "cmd.exe"),
            (40, 30, "xacct.exe"),
            (50, 30, "other.exe"),
        ];
        let process = |(id, parent, name): (u32, u32, &str)| Process {
            id,
            parent,
            name: name.to_owned(),
        };
        listed.into_iter().map(process).collect()
    }

    #[test]
    fn the_nearest_comes_first() {
        let as_numbered = |id: u32| Some(u64::from(id));
        assert_eq!(
            above(40, &processes(), &as_numbered),
            ["cmd.exe", "powershell.exe", "explorer.exe", "System"]
        );
        assert_eq!(above(41, &processes(), &as_numbered), [""; 0]);
    }

    #[test]
    fn a_number_that_was_given_again_is_no_parent() {
        let cmd_is_young = |id: u32| Some(if id == 30 { 99 } else { u64::from(id) });
        assert_eq!(above(40, &processes(), &cmd_is_young), [""; 0]);
        let unknown = |id: u32| (id != 20).then_some(u64::from(id));
        assert_eq!(above(40, &processes(), &unknown), ["cmd.exe"]);
        let mut circle = processes();
        circle[1].parent = 30;
        let all_at_once = |_| Some(1);
        assert!(above(40, &circle, &all_at_once).len() <= circle.len());
    }
}
