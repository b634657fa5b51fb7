# What of these arguments is for this shell, and not for whoever reads what is printed: assume, unset, or nothing.
def __xacct_word [...rest: string] {
    mut word = "before"
    for arg in $rest {
        if $word == "color" {
            $word = "before"
        } else if $word == "before" {
            if $arg == "--color" {
                $word = "color"
            } else if $arg in ["assume", "unset"] {
                $word = $arg
            } else if $arg == "--help" or $arg =~ '^-[^-]*h' or not ($arg starts-with "-") {
                return ""
            }
        } else if $arg == "--" {
            break
        } else if $arg == "--help" or $arg =~ '^-[^-]*h' or $arg =~ '^--shell(=|$)' {
            return ""
        } else if $word == "assume" and $arg =~ '^--(print$|format(=|$))' {
            return ""
        }
    }
    if $word in ["assume", "unset"] { $word } else { "" }
}

# What xacct offers for the word at the cursor.
def __xacct_complete [context: string, position: int] {
    let words = ($context | str substring 0..<$position | split row --regex '\s+')
    let found = (with-env {COMPLETE: fish} { do { ^@program@ -- ...$words } | complete })
    let rows = ($found.stdout | lines | each {|line|
        let parts = ($line | split row --number 2 "\t")
        {value: $parts.0, description: ($parts.1? | default "")}
    })
    {options: {sort: false}, completions: $rows}
}

# Credentials for roles in other AWS accounts
def --env --wrapped xacct [...rest: string@__xacct_complete] {
    let word = (__xacct_word ...$rest)
    if $word == "" {
        ^@program@ ...$rest
    } else {
        let got = (try {
            with-env {XACCT_SHELL: nu} { ^@program@ ...$rest }
        } catch {|error|
            {code: ($error.exit_code? | default 1)}
        })
        if ($got | describe) == "string" {
            $got | from json | load-env
#: renew
            if $word == "assume" { __xacct_remember ...$rest } else { $env.__xacct_kept = {} }
#: all
        } else {
            # What a program that fails has printed is lost here. Without it too, no account is left.
            "@identity@" | split row " " | reduce --fold {} {|name, all| $all | insert $name null } | load-env
            try { ^@program@ unset --failed --shell nu e> /dev/null | from json | load-env }
            ^$nu.current-exe --no-config-file --commands $"exit ($got.code)"
        }
    }
}
#: hook

# What is left of the credentials, in seconds; null where they do not say.
def __xacct_left [] {
    try {
        let until = ($env.AWS_CREDENTIAL_EXPIRATION? | into datetime | into int)
        ($until - (date now | into int)) // 1_000_000_000
    } catch { null }
}
#: renew

# What decides what these arguments give: where it changes, they are not used again.
def __xacct_world [] {
    let is_one = {|name| $name =~ '^(XACCT_|AWS_CONFIG_FILE$|AWS_SHARED_CREDENTIALS_FILE$)' and $name !~ '^XACCT_(PROFILE|MFA_CODE|KEPT|SHELL_STATE|SILENT_RENEWAL)$' }
    $env | columns | where {|name| do $is_one $name } | sort | each {|name| $"($name)=($env | get $name)" }
}

# What was assumed and how, without what is good for one time only. A record is not passed on to programs.
def --env __xacct_remember [...rest: string] {
    mut args = []
    mut skip = false
    for arg in $rest {
        if $skip {
            $skip = false
        } else if $arg == "--mfa-code" {
            $skip = true
        } else if $arg != "--refresh" and not ($arg starts-with "--mfa-code=") {
            $args = ($args | append $arg)
        }
    }
    let profile = ($env.XACCT_PROFILE? | default "")
    # Picked from the list.
    if not ($rest | any {|arg| $arg == $profile or $arg ends-with $"=($profile)" }) {
        $args = ($args | append $profile)
    }
    $env.__xacct_kept = {
        args: $args, key: $env.AWS_ACCESS_KEY_ID?, world: (__xacct_world), tried: 1970-01-01, told: false
    }
}

# Gets new credentials in time, where nobody has to be asked. What fails leaves those that are there.
def --env __xacct_renew [] {
    let kept = ($env.__xacct_kept? | default {})
    if ($kept | describe) !~ '^record' or $kept.key? == null or $kept.key != $env.AWS_ACCESS_KEY_ID? { return }
    let left = (__xacct_left)
    if $left == null or $left >= @renew@ or (date now) - $kept.tried < 1min { return }
    if $kept.world != (__xacct_world) { return }
    $env.__xacct_kept.tried = (date now)
    let how = {
        XACCT_SHELL: nu, XACCT_NO_INPUT: "true", XACCT_MIN_TTL: "@renew@", XACCT_WITHIN: "5",
        XACCT_SILENT_RENEWAL: "true"
    }
    let got = (with-env $how { do { ^@program@ ...$kept.args } | complete })
    let values = (try { $got.stdout | from json } catch { {} })
    # Never into another account, if the profile is another one by now.
    if $got.exit_code == 0 and $values.AWS_ACCOUNT_ID? != null and $values.AWS_ACCOUNT_ID == $env.AWS_ACCOUNT_ID? {
        $values | load-env
        $env.__xacct_kept.world = (__xacct_world)
        $env.__xacct_kept.key = $env.AWS_ACCESS_KEY_ID
        $env.__xacct_kept.told = false
    } else if $got.exit_code == 5 and not $kept.told {
        $env.__xacct_kept.told = true
        let words = ($kept.args | each {|arg| if $arg =~ '^[\w@%+=:,./-]+$' { $arg } else { $arg | to json --raw } })
        print --stderr $"xacct: these credentials end soon, and somebody is needed to renew them: xacct ($words | str join ' ')"
    }
}
#: prompt

# The segment; empty where there is nothing to show.
def __xacct_segment [] {
    let profile = ($env.XACCT_PROFILE? | default "")
    if $profile == "" { return "" }
    let left = (__xacct_left)
    let time = (match $left {
        null => ""
        $left if $left <= 0 => " expired"
        $left if $left < 60 => $" ($left)s"
        $left if $left < 3600 => $" ($left // 60)m"
        _ => $" ($left // 3600)h($left mod 3600 // 60)m"
    })
    let sgr = (if $left != null and $left < 300 { "31" } else { $env.__xacct_shown?.color? | default "" })
    let text = $"\(($profile | str replace --all --regex '\p{C}' '?')($time)\)"
    let plain = ($env.NO_COLOR? | default "") != "" or $env.TERM? == "dumb" or $sgr == ""
    if $plain { $"($text) " } else { $"\e[($sgr)m($text)\e[0m " }
}

# Asks for the profile's colour when it has become another one.
def --env __xacct_look [] {
    let profile = ($env.XACCT_PROFILE? | default "")
    if $profile != ($env.__xacct_shown?.profile? | default "") {
        let color = (do { ^@program@ init nu $"--color-of=($profile)" } | complete | get stdout | str trim)
        $env.__xacct_shown = {profile: $profile, color: $color, before: $env.__xacct_shown?.before?}
    }
}
#: hook

export-env {
#: prompt
    if ($env.__xacct_shown? | describe) !~ '^record' {
        # The prompt that is there goes on behind the segment.
        $env.__xacct_shown = {profile: "", color: "", before: $env.PROMPT_COMMAND?}
        $env.PROMPT_COMMAND = {||
            let before = $env.__xacct_shown.before
            let rest = (if ($before | describe) == "closure" { do $before } else { $before | default "> " })
            $"(__xacct_segment)($rest)"
        }
    }
#: hook
    if ($env.__xacct_hooked? | describe) !~ '^record' {
        $env.__xacct_hooked = {is: true}
        $env.config.hooks.pre_prompt = ($env.config.hooks.pre_prompt? | default [] | append {||
#: renew
            __xacct_renew
#: prompt
            __xacct_look
#: hook
        })
    }
}
