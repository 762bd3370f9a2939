using System.Diagnostics;

namespace Quorate.Cli.Local;

/// <summary>A program that is a part of the local organisation. It ends when its standard input does.</summary>
/// <param name="Name">What it is called, in its log's name as well.</param>
/// <param name="File">The executable.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Check">Asks it what it is, and throws <see cref="HttpRequestException"/> before it answers; null where it prints a line that begins with <c>ready</c>.</param>
sealed record LocalProgram(string Name, string File, IReadOnlyList<string> Arguments, Func<CancellationToken, Task<string>>? Check = null)
{
    /// <summary>This executable with other arguments, as a part of this process.</summary>
    internal static LocalProgram Own(string name, params string[] arguments)
    {
        string[] own = IsHosted ? [typeof(LocalProgram).Assembly.Location] : [];
        return new(name, Environment.ProcessPath!, [.. own, .. arguments]);
    }

    // As `dotnet quorate.dll` the executable is dotnet, and the assembly its first argument.
    static bool IsHosted => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";

    internal ProcessStartInfo ToStart()
    {
        var start = new ProcessStartInfo(File, Arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        // Four runtimes on a small machine: what is compiled quickly and then again costs them more than it brings while they start.
        start.Environment["DOTNET_TieredPGO"] = "0";
        return start;
    }
}
