_clap_complete_xacct() {
    \builtin local line words index last word answer
    line=${COMP_LINE:0:COMP_POINT} words=() last=-1
    # bash has split the words at COMP_WORDBREAKS too: those with no blank between them are one.
    for ((index = 0; index <= COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        if [[ $last -lt 0 || $line == [[:space:]]* ]]; then last=$((last + 1)); fi
        if ((index < COMP_CWORD)); then
            line=${line#*"$word"}
        else
            # Up to the cursor.
            word=${line#"${line%%[![:space:]]*}"}
        fi
        words[last]=${words[last]-}$word
    done
    COMPREPLY=()
    answer=$(
        COMPLETE=bash _CLAP_COMPLETE_INDEX=$last _XACCT_WORDBREAKS=$COMP_WORDBREAKS \
            @program@ -- "${words[@]}" 2>/dev/null
    ) || \builtin return 0
    IFS=$'\n' \builtin read -r -d '' -a COMPREPLY <<<"$answer" || \builtin true
    # A directory or an option goes on.
    if [[ ${COMPREPLY-} == *[=/:] ]]; then
        \builtin compopt -o nospace 2>/dev/null || \builtin true
    fi
}
# In the order that they come in, which bash before 4.4 does not know.
\builtin complete -o bashdefault -o nosort -F _clap_complete_xacct xacct 2>/dev/null ||
    \builtin complete -o bashdefault -F _clap_complete_xacct xacct
