# Credentials for roles in other AWS accounts
edit:add-var xacct~ {|@words|
    var program~ = (external @program@)
    if (not-eq (program init elvish --line -- $@words | slurp) "acts\n") {
        program $@words
    } else {
        var failed = $nil
        var text = ({
            tmp E:XACCT_SHELL = elvish
            try { program $@words } catch e { set failed = $e }
        } | slurp)
        if (and $failed (eq $text '')) {
            # It was killed, or is not there any more: no account either.
            for name [@identity@] { unset-env $name }
            fail $failed
        }
        # What failed throws here, after it has taken the old credentials out.
        eval $text
    }
}
set edit:completion:arg-completer[xacct] = {|@words|
    tmp E:COMPLETE = elvish
    tmp E:_CLAP_COMPLETE_INDEX = (to-string (- (count $words) 1))
    (external @program@) -- $@words
}
