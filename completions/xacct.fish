complete --keep-order --exclusive --command xacct --arguments "(COMPLETE=fish xacct -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))"
