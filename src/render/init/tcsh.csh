alias xacct 'set __xacct_words = (\!*:q); setenv XACCT_TYPED "$__xacct_words:q"; eval "`@plain_program@ init tcsh --line`"';
