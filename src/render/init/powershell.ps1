function global:__XacctProgram { @program@ }

# What of these arguments is for this shell, and not for whoever reads what is printed: assume, unset, or nothing.
function global:__XacctWord {
    param([string[]] $Words)
    $word = 'before'
    foreach ($arg in $Words) {
        if ($word -ceq 'color') { $word = 'before'; continue }
        if ($word -ceq 'before') {
            if ($arg -ceq '--color') { $word = 'color' }
            elseif ($arg -cin 'assume', 'unset') { $word = $arg }
            elseif ($arg -ceq '--help' -or $arg -cmatch '^-[^-]*h' -or -not $arg.StartsWith('-')) { return '' }
            continue
        }
        if ($arg -ceq '--') { break }
        if ($arg -ceq '--help' -or $arg -cmatch '^-[^-]*h' -or $arg -cmatch '^--shell(=|$)') { return '' }
        if ($word -ceq 'assume' -and $arg -cmatch '^--(print$|format(=|$))') { return '' }
    }
    if ($word -cin 'assume', 'unset') { $word } else { '' }
}

# Runs xacct with these variables, which are as before afterwards.
function global:__XacctWith {
    param([hashtable] $Variables, [scriptblock] $Run)
    $PSNativeCommandUseErrorActionPreference = $false
    $before = @{}
    foreach ($name in $Variables.Keys) {
        $before[$name] = [Environment]::GetEnvironmentVariable($name)
        Set-Item "Env:$name" $Variables[$name]
    }
    try { & $Run }
    finally {
        foreach ($name in $before.Keys) {
            if ($null -eq $before[$name]) { Remove-Item "Env:$name" } else { Set-Item "Env:$name" $before[$name] }
        }
    }
}

function global:xacct {
    $words = @($args | ForEach-Object { "$_" })
    $program = __XacctProgram
    $word = __XacctWord $words
    if ($word -ceq '') {
        if ($MyInvocation.ExpectingInput) { $input | & $program @words } else { & $program @words }
        return
    }
    $text = __XacctWith @{ XACCT_SHELL = 'powershell' } { & $program @words | Out-String }
    $status = $LASTEXITCODE
    # It was killed, or is not there any more: no account either.
    if ($status -ne 0 -and -not $text) { '@identity@' -split ' ' | ForEach-Object { Set-Item "Env:$_" $null } }
    # What failed throws here, after it has taken the old credentials out.
    if ($text) { Invoke-Expression $text }
    $global:LASTEXITCODE = $status
#: renew
    $global:__XacctKept = $null
    if ($word -ceq 'assume' -and $status -eq 0) { __XacctRemember $words }
#: all
}
#: hook

# What is left of the credentials, in seconds; $null where they do not say.
function global:__XacctLeft {
    $until = [DateTimeOffset]::MinValue
    $invariant = [Globalization.CultureInfo]::InvariantCulture
    $utc = [Globalization.DateTimeStyles]::AssumeUniversal
    $at = "$Env:AWS_CREDENTIAL_EXPIRATION"
    if (-not [DateTimeOffset]::TryParseExact($at, "yyyy-MM-dd'T'HH:mm:ss'Z'", $invariant, $utc, [ref] $until)) { return }
    [long] [Math]::Floor(($until - [DateTimeOffset]::UtcNow).TotalSeconds)
}
#: renew

# What decides what these arguments give: where it changes, they are not used again.
function global:__XacctWorld {
    $names = '^(XACCT_(?!PROFILE$|MFA_CODE$|SHELL_STATE$)|AWS_CONFIG_FILE$|AWS_SHARED_CREDENTIALS_FILE$)'
    (Get-ChildItem Env: | Where-Object Name -Match $names | Sort-Object Name | ForEach-Object { "$($_.Name)=$($_.Value)" }) -join "`n"
}

# What was assumed and how, without what is good for one time only.
function global:__XacctRemember {
    param([string[]] $Words)
    $kept = @(); $skip = $false; $named = $false
    foreach ($arg in $Words) {
        if ($skip) { $skip = $false }
        elseif ($arg -ceq '--mfa-code') { $skip = $true }
        elseif ($arg -cne '--refresh' -and -not $arg.StartsWith('--mfa-code=')) { $kept += $arg }
        if ($arg -ceq $Env:XACCT_PROFILE -or $arg.EndsWith("=$Env:XACCT_PROFILE")) { $named = $true }
    }
    # Picked from the list.
    if (-not $named) { $kept += $Env:XACCT_PROFILE }
    $global:__XacctKept = @{
        Words = $kept; Key = $Env:AWS_ACCESS_KEY_ID; World = __XacctWorld; Tried = [DateTimeOffset]::MinValue; Told = $false
    }
}

# Gets new credentials in time, where nobody has to be asked. What fails leaves those that are there.
function global:__XacctRenew {
    $kept = $global:__XacctKept
    if ($null -eq $kept -or $kept.Key -cne $Env:AWS_ACCESS_KEY_ID) { return }
    $left = __XacctLeft
    $now = [DateTimeOffset]::UtcNow
    if ($null -eq $left -or $left -ge @renew@ -or ($now - $kept.Tried).TotalSeconds -lt 60) { return }
    if ($kept.World -cne (__XacctWorld)) { return }
    $kept.Tried = $now
    $how = @{
        XACCT_SHELL = 'powershell'; XACCT_NO_INPUT = 'true'
        XACCT_SILENT_RENEWAL = 'true'
        XACCT_MIN_TTL = '@renew@'; XACCT_WITHIN = '5'
    }
    $program = __XacctProgram
    $words = $kept.Words
    $text = __XacctWith $how { & $program @words 2>$null | Out-String }
    # Never into another account, if the profile is another one by now.
    if ($LASTEXITCODE -eq 0 -and $text.Contains("`$Env:AWS_ACCOUNT_ID = '$Env:AWS_ACCOUNT_ID';")) {
        Invoke-Expression $text
        $kept.Key = $Env:AWS_ACCESS_KEY_ID
        $kept.Told = $false
    }
    elseif ($LASTEXITCODE -eq 5 -and -not $kept.Told) {
        $kept.Told = $true
        $shown = $words | ForEach-Object { if ($_ -match '^[\w@%+=:,./-]+$') { $_ } else { "'" + $_.Replace("'", "''") + "'" } }
        [Console]::Error.WriteLine("xacct: these credentials end soon, and somebody is needed to renew them: xacct $($shown -join ' ')")
    }
}
#: prompt

# The segment; empty where there is nothing to show.
function global:__XacctSegment {
    if (-not $Env:XACCT_PROFILE) { return '' }
    if ($Env:XACCT_PROFILE -cne $global:__XacctColored) {
        $global:__XacctColored = $Env:XACCT_PROFILE
        $program = __XacctProgram
        $global:__XacctColor = "$(& $program init powershell "--color-of=$Env:XACCT_PROFILE" 2>$null)"
    }
    $text = $Env:XACCT_PROFILE -replace '\p{C}', '?'
    $sgr = $global:__XacctColor
    $left = __XacctLeft
    if ($null -ne $left) {
        if ($left -lt 300) { $sgr = '31' }
        if ($left -le 0) { $text += ' expired' }
        elseif ($left -lt 60) { $text += " ${left}s" }
        elseif ($left -lt 3600) { $text += " $([Math]::Floor($left / 60))m" }
        else { $text += " $([Math]::Floor($left / 3600))h$([Math]::Floor($left % 3600 / 60))m" }
    }
    $escape = [char] 27
    if ($Env:NO_COLOR -or $Env:TERM -ceq 'dumb' -or -not $sgr) { "($text) " } else { "$escape[${sgr}m($text)$escape[0m " }
}
#: hook

# The prompt that is there goes on behind this.
if (-not (Test-Path variable:global:__XacctPrompt)) {
    $global:__XacctPrompt = $function:prompt
    function global:prompt {
        $status = $global:LASTEXITCODE
#: renew
        __XacctRenew
#: prompt
        $segment = __XacctSegment
#: hook
        $global:LASTEXITCODE = $status
#: prompt
        "$segment$(& $global:__XacctPrompt)"
#: noprompt hook
        & $global:__XacctPrompt
#: hook
    }
}
#: all

Register-ArgumentCompleter -Native -CommandName xacct -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { "$_" })
    if ($wordToComplete -ceq '') { $words += '' }
    $program = __XacctProgram
    $found = __XacctWith @{ COMPLETE = 'powershell' } { & $program '--' @words 2>$null }
    foreach ($line in $found) {
        $value, $help = $line.Split("`t", 2)
        if (-not $help) { $help = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
    }
}
