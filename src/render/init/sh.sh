__xacct_program() {
    @program@ "$@"
}

xacct() {
    __xacct_word=before __xacct_status=0
    for __xacct_arg in "$@"; do
        case $__xacct_word:$__xacct_arg in
        color:*) __xacct_word=before ;;
        before:--color) __xacct_word=color ;;
        before:assume | before:unset) __xacct_word=$__xacct_arg ;;
        assume:-- | unset:--) break ;;
        before:--help | before:-h* | before:-[!-]*h*) __xacct_word=other ;;
        assume:--help | assume:-h* | assume:-[!-]*h*) __xacct_word=other ;;
        unset:--help | unset:-h* | unset:-[!-]*h*) __xacct_word=other ;;
        assume:--print | assume:--format | assume:--format=*) __xacct_word=other ;;
        assume:--shell | assume:--shell=* | unset:--shell | unset:--shell=*) __xacct_word=other ;;
        before:-* | assume:* | unset:*) ;;
        *) __xacct_word=other ;;
        esac
    done
    case $__xacct_word in
    assume | unset) ;;
    *)
        __xacct_program "$@"
        return
        ;;
    esac
    # Ctrl-C ends xacct, which says what to take out. Without a trap it would end this function too. dash cannot say
    # what trap there was.
    __xacct_trap=$(trap)
    trap : INT
    __xacct_text=$(export XACCT_SHELL='sh' && __xacct_program "$@") || __xacct_status=$?
    trap - INT
    eval "$__xacct_trap"
    # eval "$(xacct assume …)", or a pipe: there it is printed as ever.
    if [ -p /dev/stdout ] && [ "$(exec sh -c 'echo "$PPID"')" != "$$" ]; then
        printf '%s\n' "$__xacct_text"
    fi
    # It was killed, or is not there any more: no account either.
    if [ "$__xacct_status" -ne 0 ] && [ -z "$__xacct_text" ]; then
        __xacct_text='unset @identity@'
    fi
    eval "$__xacct_text" || true
    __xacct_text=''
    return "$__xacct_status"
}
