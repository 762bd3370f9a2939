using System.CommandLine;

namespace Quorate.Cli;

/// <summary>Commands that come in groups.</summary>
static class Subcommands
{
    /// <summary>Adds commands below this one.</summary>
    internal static Command With(this Command command, IEnumerable<Command> below)
    {
        foreach (var one in below)
            command.Add(one);
        return command;
    }
}
