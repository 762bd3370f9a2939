namespace Quorate.Cli;

/// <summary>Ends the command with a message for the person at the keyboard and an exit code for the script around it.</summary>
sealed class CliException(string message, int exitCode = CliException.Usage) : Exception(message)
{
    /// <summary>The command ran and the answer is no: a signature that does not verify.</summary>
    internal const int Negative = 1;

    /// <summary>Bad arguments, a missing or damaged file, a wrong passphrase. Nothing has been changed.</summary>
    internal const int Usage = 2;

    /// <summary>A protocol run ended without a result, or nobody answered in time.</summary>
    internal const int Aborted = 3;

    /// <summary>There is no such thing.</summary>
    internal const int NotFound = 4;

    /// <summary>The caller is not known, or may not do that.</summary>
    internal const int NotAllowed = 5;

    /// <summary>It waits for people.</summary>
    internal const int Pending = 6;

    internal int ExitCode { get; } = exitCode;
}
