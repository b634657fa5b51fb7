function __xacct_program
    @program@ $argv
end

function xacct --description 'credentials for roles in other AWS accounts'
    # eval (xacct assume …): there it is printed as ever.
    if status is-command-substitution; or not __xacct_acts $argv
        __xacct_program $argv
        return
    end
    set -g __xacct_pending 1
    set -l __xacct_text (XACCT_SHELL=fish __xacct_program $argv)
    set -l __xacct_status $status
    set -eg __xacct_pending
    # It was killed, or is not there any more: no account either.
    if test $__xacct_status -ne 0; and test -z "$__xacct_text"
        set -eg @identity@
    end
    eval $__xacct_text
#: renew
    set -g __xacct_renewed
    if test $__xacct_status -eq 0; and contains -- assume $argv
        __xacct_remember $argv
    end
#: all
    return $__xacct_status
end

# Ctrl-C ends the function above wherever it is: then the credentials are taken out before anything else is run.
function __xacct_interrupted --on-event fish_prompt
    set -q __xacct_pending; or return 0
    set -eg __xacct_pending
    set -eg @identity@
end

# Whether these arguments are for this shell, and not for whoever reads what is printed.
function __xacct_acts
    set -l word before
    for arg in $argv
        switch $word
            case color
                set word before
            case before
                switch $arg
                    case --color
                        set word color
                    case --help
                        return 1
                    case '-*'
                        string match -qr '^-[^-]*h' -- $arg; and return 1
                    case assume unset
                        set word $arg
                    case '*'
                        return 1
                end
            case '*'
                switch $arg
                    case --
                        break
                    case --help --shell '--shell=*'
                        return 1
                    case --print --format '--format=*'
                        test $word = assume; and return 1
                    case '-*'
                        string match -qr '^-[^-]*h' -- $arg; and return 1
                end
        end
    end
    contains -- $word assume unset
end
#: hook

# What is left of the credentials, in seconds, into __xacct_left; fails where they do not say.
function __xacct_look
    if test "$AWS_CREDENTIAL_EXPIRATION" != "$__xacct_at"; or not set -q __xacct_until
        set -l at (string match -r '^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$' -- "$AWS_CREDENTIAL_EXPIRATION")[2..]
        or return 1
        set -l y $at[1]
        set -l m (math $at[2] - 3)
        if test $m -lt 0
            set y (math $y - 1)
            set m (math $m + 12)
        end
        set -l days (math "365 * $y + floor($y / 4) - floor($y / 100) + floor($y / 400) + floor((153 * $m + 2) / 5) + $at[3] - 719469")
        set -g __xacct_until (math "$days * 86400 + $at[4] * 3600 + $at[5] * 60 + $at[6]")
        set -g __xacct_at $AWS_CREDENTIAL_EXPIRATION
    end
    # When a file was changed, and how long ago that is, make now, without starting a program. Since 3.5.
    set -g __xacct_now (math (path mtime / 2>/dev/null) + (path mtime --relative / 2>/dev/null) 2>/dev/null)
    or set -g __xacct_now (command date +%s)
    set -g __xacct_left (math $__xacct_until - $__xacct_now)
end
#: renew

# What decides what these arguments give: where it changes, they are not used again.
function __xacct_world
    for name in AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE (set --names | string match 'XACCT_*' | string match --invert --regex '^XACCT_(PROFILE|MFA_CODE|SHELL_STATE)$')
        echo "$name=$$name"
    end
end

# What was assumed and how, without what is good for one time only.
function __xacct_remember
    set -g __xacct_args
    set -l skip
    set -l named
    for arg in $argv
        if set -q skip[1]
            set skip
        else if test "$arg" = --mfa-code
            set skip 1
        else if not string match -qr '^(--refresh|--mfa-code=.*)$' -- $arg
            set -a __xacct_args $arg
        end
        if contains -- "$XACCT_PROFILE" $arg (string replace --regex '^[^=]*=' '' -- $arg)
            set named 1
        end
    end
    # Picked from the list.
    set -q named[1]; or set -a __xacct_args $XACCT_PROFILE
    set -g __xacct_then (__xacct_world)
    set -g __xacct_key $AWS_ACCESS_KEY_ID
    set -g __xacct_renewed 1
    set -g __xacct_tried 0
    set -g __xacct_told
end

# Gets new credentials in time, where nobody has to be asked. What fails leaves those that are there.
function __xacct_renew
    set -q __xacct_renewed[1]; and test "$AWS_ACCESS_KEY_ID" = "$__xacct_key"; or return 0
    __xacct_look; or return 0
    test $__xacct_left -lt @renew@; and test (math $__xacct_now - $__xacct_tried) -ge 60; or return 0
    test (__xacct_world | string collect) = (string join \n -- $__xacct_then | string collect); or return 0
    set -g __xacct_tried $__xacct_now
    set -lx XACCT_SHELL fish
    set -lx XACCT_NO_INPUT true
    set -lx XACCT_MIN_TTL @renew@
    set -lx XACCT_WITHIN 5
    set -lx XACCT_SILENT_RENEWAL true
    set -l text (__xacct_program $__xacct_args 2>/dev/null)
    set -l status_ $status
    # Never into another account, if the profile is another one by now.
    if test $status_ -eq 0; and contains -- "set -gx AWS_ACCOUNT_ID '$AWS_ACCOUNT_ID';" $text
        eval $text
        set -g __xacct_then (__xacct_world)
        set -g __xacct_key $AWS_ACCESS_KEY_ID
        set -g __xacct_told
    else if test $status_ -eq 5; and not set -q __xacct_told[1]
        set -g __xacct_told 1
        echo "xacct: these credentials end soon, and somebody is needed to renew them: xacct "(string escape -- $__xacct_args | string join ' ') >&2
    end
end
#: prompt

# The segment into __xacct_shown; empty where there is nothing to show.
function __xacct_segment
    set -g __xacct_shown
    set -q XACCT_PROFILE[1]; and test -n "$XACCT_PROFILE"; or return 0
    if test "$XACCT_PROFILE" != "$__xacct_colored"
        set -g __xacct_colored $XACCT_PROFILE
        set -g __xacct_color (__xacct_program init fish --color-of=$XACCT_PROFILE 2>/dev/null)
    end
    set -l text (string replace --all --regex '[[:cntrl:]]' '?' -- $XACCT_PROFILE | string join '?')
    set -l sgr $__xacct_color
    if __xacct_look
        test $__xacct_left -lt 300; and set sgr 31
        if test $__xacct_left -le 0
            set text "$text expired"
        else if test $__xacct_left -lt 60
            set text "$text $__xacct_left"s
        else if test $__xacct_left -lt 3600
            set text "$text "(math "floor($__xacct_left / 60)")m
        else
            set text "$text "(math "floor($__xacct_left / 3600)")h(math "floor($__xacct_left % 3600 / 60)")m
        end
    end
    if test -n "$NO_COLOR"; or test "$TERM" = dumb; or test -z "$sgr"
        set -g __xacct_shown "($text) "
    else
        set -g __xacct_shown \e"[$sgr""m($text)"\e"[0m "
    end
end

# The prompt that is there goes on behind the segment, and sees the last command's status.
if not functions -q __xacct_prompt; and functions -q fish_prompt
    functions --copy fish_prompt __xacct_prompt
    function fish_prompt
        set -l __xacct_text (__xacct_prompt | string collect --no-trim-newlines)
        printf '%s%s' "$__xacct_shown" "$__xacct_text"
    end
end
#: hook

function __xacct_hook --on-event fish_prompt
#: renew
    __xacct_renew
#: prompt
    __xacct_segment
#: hook
end
#: all

complete --command xacct --erase
@completion@
