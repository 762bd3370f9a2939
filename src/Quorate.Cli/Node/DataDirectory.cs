using System.CommandLine;
using Quorate.Journal;
using Quorate.Node.Vault;

namespace Quorate.Cli.Node;

/// <summary>Where a node keeps what is its own.</summary>
static class DataDirectory
{
    internal static Option<DirectoryInfo> Option { get; } = new("--data") { Description = "The node's data directory.", Required = true };

    internal static string VaultIn(ParseResult parsed) => Path.Combine(parsed.GetValue(Option)!.FullName, "vault.db");

    /// <summary>The path of a vault that is to be made, in a directory of mode 0700.</summary>
    internal static string NewVaultIn(ParseResult parsed)
    {
        var path = VaultIn(parsed);
        if (Path.Exists(path))
            throw new CliException($"{path} exists; nothing is overwritten.");
        PrivateFile.MakeDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    /// <summary>
    /// Runs a command's work. What is not as it was written ends it with 1, what was asked wrongly or cannot be done with 2.
    /// </summary>
    internal static int Run(Action work) => RunAsync(() =>
    {
        work();
        return Task.CompletedTask;
    }).GetAwaiter().GetResult();

    /// <summary>As the other one.</summary>
    internal static async Task<int> RunAsync(Func<Task> work)
    {
        try
        {
            await work();
            return 0;
        }
        catch (JournalCorruptException problem)
        {
            throw new CliException(problem.Message, CliException.Negative);
        }
        catch (Exception problem) when (problem is JournalUnavailableException or ArgumentException)
        {
            throw new CliException(problem.Message);
        }
        catch (VaultException problem)
        {
            throw new CliException(problem.Message, problem.Fault is VaultFault.WrongKey or VaultFault.InUse or VaultFault.UnknownFormat
                or VaultFault.Full or VaultFault.Unavailable ? CliException.Usage : CliException.Negative);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CliException(problem.Message);
        }
    }
}
