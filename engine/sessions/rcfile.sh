# What bash reads when a session starts. Words in @…@ are filled in by bash_shell.py.
#
# At the prompt descriptor 0 is a pipe that only the session writes to, and 1 and 2 are /dev/null; a step is sourced
# with all three on the terminal. So nothing typed is ever a command, and neither prompts nor job notices are output.

# A function called `builtin` would stand before everything below. Only in POSIX mode are special builtins found
# before functions, and only an assignment cannot be shadowed.
@POSIX_ON@
\unset -f builtin
@POSIX_OFF@

builtin unset -v HISTFILE PROMPT_COMMAND PS0 TMOUT MAILCHECK
builtin set +o history +o histexpand
PS1='$ '

# Tells the session that a line is over: its nonce, the status, the working directory. Prompts that a step has set are
# not to be expanded by us, because what they run would be no step's.
__oncue_report() {
    builtin unset -v PROMPT_COMMAND PS0
    builtin printf -v PS1 '$ '
    { builtin printf '%s %s ' "$1" "$2"; builtin pwd; builtin printf '\0'; } 1<>@STATUS@
    return "$2"
}

# Puts the shell back for the next step and writes down what a new shell would need, then reports as well: a signal
# can cost the report of the line before.
__oncue_settle() {
    @POSIX_ON@
    \unset -f builtin
    @POSIX_OFF@
    builtin unset -v TMOUT __oncue_status
    builtin trap - @TRAPS@
    __oncue_options
    exec 1>/dev/null 2>&1
    builtin trap '' XFSZ  # after `ulimit -f` a write can be this shell's end
    {
        builtin printf '# %s\n' "$1"
        builtin export -p
        builtin export -p -f
        builtin umask -p
        builtin printf '# %s\n\0' "$1"
        @DECLARED@
        builtin printf '# %s\n\0' "$1"
    } 1<>"$2"
    builtin trap - XFSZ
    __oncue_report "$1" "$3"
    return "$3"
}

@SET_POSIX@
builtin set +o 1>|@OPTIONS@
builtin shopt -p 1>>@OPTIONS@
builtin eval "__oncue_options() {
    [[ \"\$SHELLOPTS:\$BASHOPTS\" == '$SHELLOPTS:$BASHOPTS' ]] || { builtin set +eu; builtin . @OPTIONS@; }
}"
builtin readonly -f __oncue_report __oncue_settle __oncue_options
exec 1>/dev/null 2>&1
