using System.Diagnostics;
using Quorate.Testing;

namespace Quorate.Journal.Tests.Export;

/// <summary>tests/interop/verify-journal.mjs: the specification once more, in JavaScript, with nothing of ours.</summary>
static class OtherVerifier
{
    /// <summary>Its one line about a file, whose notes may be signed by this key.</summary>
    internal static async Task<string> RunAsync(byte[] file, string verifierKey)
    {
        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Repository.PathOf("tests/interop/verify-journal.mjs"));
        start.ArgumentList.Add(verifierKey);
        using var process = Process.Start(start)!;
        await process.StandardInput.BaseStream.WriteAsync(file);
        process.StandardInput.Close();
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return said.Trim();
    }
}
