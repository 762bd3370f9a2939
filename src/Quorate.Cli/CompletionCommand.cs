using System.CommandLine;

namespace Quorate.Cli;

/// <summary><c>quorate completion</c>: what a shell sources to complete commands and options. What there is to complete, the executable answers itself.</summary>
static class CompletionCommand
{
    const string Bash =
        """
        _quorate() {
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$(quorate "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _quorate quorate
        """;

    const string Zsh =
        """
        #compdef quorate
        _quorate() {
          local -a found
          found=("${(@f)$(quorate "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
          compadd -a found || _files
        }
        compdef _quorate quorate
        """;

    const string Fish =
        """
        complete -c quorate -f -a '(quorate "[suggest:"(commandline -C)"]" (commandline -cp) 2>/dev/null)'
        """;

    internal static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion",
            """
            Print what makes a shell complete commands and options.

            Example:
              source <(quorate completion bash)
            """)
        {
            shell,
        };
        command.SetAction(parsed => Console.WriteLine(parsed.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish }));
        return command;
    }
}
