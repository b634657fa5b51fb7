#compdef xacct
function _clap_dynamic_completer_xacct {
    \builtin local answer line value
    \builtin local -a dirs other typed
    # Without their quotes, as the program would get them.
    typed=("${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}")
    answer=$(COMPLETE=zsh _CLAP_COMPLETE_INDEX=$((CURRENT - 1)) @program@ -- "${typed[@]}" 2>/dev/null)
    for line in "${(@f)answer}"; do
        [[ -n $line ]] || \builtin continue
        value=${line%%:*}
        if [[ $value == */ ]]; then
            dirs+=("${value%/}${line#$value}")
        else
            other+=("$line")
        fi
    done
    if (($#dirs)); then _describe -V values dirs -S / -r /; fi
    if (($#other)); then _describe -V values other; fi
}

compdef _clap_dynamic_completer_xacct xacct
