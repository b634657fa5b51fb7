function __xacct_program {
    @program@ "$@"
}

function xacct {
#: zsh
    \builtin emulate -L zsh
#: all
    \builtin local __xacct_word=before __xacct_arg __xacct_text __xacct_status=0
    for __xacct_arg in "$@"; do
        case $__xacct_word:$__xacct_arg in
        color:*) __xacct_word=before ;;
        before:--color) __xacct_word=color ;;
        before:assume | before:unset) __xacct_word=$__xacct_arg ;;
        assume:-- | unset:--) \builtin break ;;
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
        \builtin return
        ;;
    esac
    # Ctrl-C ends xacct, which says what to take out. Without a trap it would end this function too.
#: bash
    \builtin local __xacct_trap
    __xacct_trap=$(\builtin trap -p INT)
    \builtin trap : INT
#: zsh
    \builtin setopt local_traps
    \builtin trap : INT
#: all
    __xacct_text=$(XACCT_SHELL=@shell@ __xacct_program "$@") || __xacct_status=$?
    \builtin trap - INT
#: bash
    \builtin eval "$__xacct_trap"
#: all
    # eval "$(xacct assume …)", or a pipe: there it is printed as ever.
    if [[ $@subshell@ -gt 0 && -p /dev/stdout ]]; then
        \builtin printf '%s\n' "$__xacct_text"
    fi
    # It was killed, or is not there any more: no account either.
    if [[ $__xacct_status -ne 0 && -z $__xacct_text ]]; then
        __xacct_text='unset @identity@'
    fi
    \builtin eval "$__xacct_text" || \builtin true
#: renew
    __xacct_renewed=''
    if [[ $__xacct_word == assume && $__xacct_status -eq 0 ]]; then
        __xacct_remember "$@"
    fi
#: all
    \builtin return "$__xacct_status"
}
#: hook

# What is left of the credentials, in seconds, into __xacct_left; fails where they do not say.
function __xacct_look {
    # Behind `builtin`, what is expanded would be split.
    \builtin local at y m d
    at=${AWS_CREDENTIAL_EXPIRATION-}
    if [[ $at != "${__xacct_at-}" || -z ${__xacct_until-} ]]; then
        # Nothing else gets into the arithmetic, which would run what stands in it.
        [[ $at == [0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z ]] || \builtin return 1
        y=$((10#${at:0:4})) m=$((10#${at:5:2})) d=$((10#${at:8:2}))
        if ((m > 2)); then m=$((m - 3)); else y=$((y - 1)) m=$((m + 9)); fi
        d=$((365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + d - 719469))
        __xacct_until=$((d * 86400 + 10#${at:11:2} * 3600 + 10#${at:14:2} * 60 + 10#${at:17:2}))
        __xacct_at=$at
    fi
#: bash hook
    if [[ -n ${EPOCHSECONDS-} ]]; then
        __xacct_now=$EPOCHSECONDS
    elif ((BASH_VERSINFO[0] > 4 || (BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] > 1))); then
        \builtin printf -v __xacct_now '%(%s)T' -1
    else
        __xacct_now=$(\command date +%s)
    fi
#: zsh hook
    \builtin zmodload zsh/datetime || \builtin return 1
    __xacct_now=$EPOCHSECONDS
#: hook
    __xacct_left=$((__xacct_until - __xacct_now))
}
#: renew

# What decides what these arguments give: where it changes, they are not used again.
function __xacct_world {
    \builtin local name
    __xacct_seen="${AWS_CONFIG_FILE-};${AWS_SHARED_CREDENTIALS_FILE-}"
#: bash renew
    for name in "${!XACCT_@}"; do
#: zsh renew
    for name in "${(@ko)parameters[(I)XACCT_*]}"; do
#: renew
        case $name in
        XACCT_PROFILE | XACCT_MFA_CODE | XACCT_SHELL_STATE) ;;
#: bash renew
        *) __xacct_seen="$__xacct_seen;$name=${!name-}" ;;
#: zsh renew
        *) __xacct_seen="$__xacct_seen;$name=${(P)name-}" ;;
#: renew
        esac
    done
}

# What was assumed and how, without what is good for one time only.
function __xacct_remember {
    \builtin local arg skip='' named=''
    __xacct_args=()
    for arg in "$@"; do
        case $skip$arg in
        skip*) skip='' ;;
        --refresh | --mfa-code=*) ;;
        --mfa-code) skip=skip ;;
        *) __xacct_args+=("$arg") ;;
        esac
        case $arg in
        "${XACCT_PROFILE-}" | *="${XACCT_PROFILE-}") named=1 ;;
        esac
    done
    # Picked from the list.
    if [[ -z $named ]]; then __xacct_args+=("${XACCT_PROFILE-}"); fi
    __xacct_world
    __xacct_then=$__xacct_seen __xacct_key=${AWS_ACCESS_KEY_ID-} __xacct_renewed=1 __xacct_tried=0 __xacct_told=''
}

# Gets new credentials in time, where nobody has to be asked. What fails leaves those that are there.
function __xacct_renew {
    \builtin local text status_=0
    [[ -n ${__xacct_renewed-} && ${AWS_ACCESS_KEY_ID-} == "$__xacct_key" ]] || \builtin return 0
    __xacct_look || \builtin return 0
    ((__xacct_left < @renew@ && __xacct_now - __xacct_tried >= 60)) || \builtin return 0
    __xacct_world
    [[ $__xacct_seen == "$__xacct_then" ]] || \builtin return 0
    __xacct_tried=$__xacct_now
    text=$(
        \builtin export XACCT_SHELL=@shell@ XACCT_NO_INPUT=true XACCT_MIN_TTL=@renew@ XACCT_WITHIN=5
        \builtin export XACCT_SILENT_RENEWAL=true
        __xacct_program "${__xacct_args[@]}" 2>/dev/null
    ) || status_=$?
    # Never into another account, if the profile is another one by now.
    if [[ $status_ -eq 0 && $text == *"export AWS_ACCOUNT_ID='${AWS_ACCOUNT_ID-}';"* ]]; then
        \builtin eval "$text"
        __xacct_world
        __xacct_then=$__xacct_seen
        __xacct_key=$AWS_ACCESS_KEY_ID __xacct_told=''
    elif [[ $status_ -eq 5 && -z $__xacct_told ]]; then
        __xacct_told=1
        \builtin printf 'xacct: these credentials end soon, and somebody is needed to renew them:' >&2
        \builtin printf ' %s' xacct >&2
#: bash renew
        \builtin printf ' %q' "${__xacct_args[@]}" >&2
#: zsh renew
        \builtin printf ' %s' "${(@q-)__xacct_args}" >&2
#: renew
        \builtin printf '\n' >&2
    fi
}
#: prompt

# The text of the segment into __xacct_text, its colour into __xacct_sgr; both empty where there is nothing to show.
function __xacct_segment {
    __xacct_text='' __xacct_sgr=''
    [[ -n ${XACCT_PROFILE-} ]] || \builtin return 0
    if [[ $XACCT_PROFILE != "${__xacct_colored-}" ]]; then
        __xacct_colored=$XACCT_PROFILE
        __xacct_color=$(__xacct_program init @shell@ --color-of="$XACCT_PROFILE" 2>/dev/null) || __xacct_color=''
    fi
    __xacct_text=${XACCT_PROFILE//[[:cntrl:]]/?} __xacct_sgr=$__xacct_color
    if __xacct_look; then
        if ((__xacct_left < 300)); then __xacct_sgr=31; fi
        if ((__xacct_left <= 0)); then
            __xacct_text+=' expired'
        elif ((__xacct_left < 60)); then
            __xacct_text+=" ${__xacct_left}s"
        elif ((__xacct_left < 3600)); then
            __xacct_text+=" $((__xacct_left / 60))m"
        else
            __xacct_text+=" $((__xacct_left / 3600))h$((__xacct_left % 3600 / 60))m"
        fi
    fi
    if [[ -n ${NO_COLOR-} || ${TERM-} == dumb ]]; then __xacct_sgr=''; fi
}
#: bash prompt

function __xacct_prompt {
    \builtin local __xacct_text __xacct_sgr on='' off=''
    __xacct_segment
    # The bytes 1 and 2 tell readline what takes no room.
    if [[ -n $__xacct_sgr ]]; then on=$'\001\e['$__xacct_sgr$'m\002' off=$'\001\e[0m\002'; fi
    __xacct_shown=${__xacct_text:+$on($__xacct_text)$off }
    # Others may have set it anew.
    case ${PS1-} in
    *'${__xacct_shown-}'*) ;;
    *) if \builtin shopt -q promptvars; then PS1='${__xacct_shown-}'${PS1-}; fi ;;
    esac
}
#: zsh prompt

function __xacct_prompt {
    \builtin local __xacct_text __xacct_sgr on='' off=''
    \builtin setopt extended_glob
    __xacct_segment
    # Others may have set it anew, or put something before it.
    PROMPT=${PROMPT//(\%\{$'\e'\[[0-9\;]#m\%\}|)\(\%97v\)(\%\{$'\e'\[0m\%\}|) /}
    psvar[97]=$__xacct_text
    [[ -n $__xacct_text ]] || \builtin return 0
    # The name stays in psvar, where nothing in it is expanded.
    if [[ -n $__xacct_sgr ]]; then on="%{"$'\e'"[${__xacct_sgr}m%}" off="%{"$'\e'"[0m%}"; fi
    PROMPT="$on(%97v)$off $PROMPT"
}
#: bash hook

function __xacct_hook {
    \builtin local last="$?"
#: bash renew
    __xacct_renew
#: bash prompt
    __xacct_prompt
#: bash hook
    # Whoever comes next sees the command's status; with `set -e` that would end the shell.
    case $- in *e*) last=0 ;; esac
    \builtin return "$last"
}

function __xacct_start {
    \builtin local line='
'
    case "${PROMPT_COMMAND[*]-}" in
    *__xacct_hook*) \builtin return 0 ;;
    esac
    # A list since 5.1.
    case "$(\builtin declare -p PROMPT_COMMAND 2>/dev/null)" in
    'declare -a'*) PROMPT_COMMAND+=(__xacct_hook) ;;
    *) PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND$line}__xacct_hook" ;;
    esac
}
__xacct_start
#: zsh hook

function __xacct_hook {
    \builtin emulate -L zsh
#: zsh renew
    __xacct_renew
#: zsh prompt
    __xacct_prompt
#: zsh hook
    \builtin return 0
}

function __xacct_start {
    \builtin emulate -L zsh
    # Last, behind those that set the prompt.
    precmd_functions=(${precmd_functions:#__xacct_hook} __xacct_hook)
}
__xacct_start
#: zsh

# Without compinit, by zsh's older way. It counts no more once compinit has run.
function __xacct_words {
    \builtin emulate -L zsh
    \builtin local -a words
    \builtin local at
    \builtin read -Ac words
    \builtin read -nc at
    words=("${(@Q)words}")
    words[at]=${words[at]#[\"\']}
    reply=("${(@f)$(COMPLETE=bash _CLAP_COMPLETE_INDEX=$((at - 1)) __xacct_program -- "${words[@]}" 2>/dev/null)}")
}
\builtin compctl -K __xacct_words xacct 2>/dev/null || \builtin true

# Completion can be told only after compinit, which may come later in .zshrc.
function __xacct_completion {
    \builtin emulate -L zsh
    precmd_functions=(${precmd_functions:#__xacct_completion})
    if ((! $+functions[compdef])); then
        precmd_functions+=(__xacct_completion)
        \builtin return 0
    fi
@completion@
}
__xacct_completion
#: bash

@completion@
