using System.Diagnostics;
using Quorate.Testing;

namespace Quorate.System.Tests.Interop;

/// <summary>
/// The published transcripts computed again by another implementation, in JavaScript over @noble/curves and written from
/// docs/spec: what the pages do not say would be missing there.
/// </summary>
public sealed class Dkls23ReplayTests
{
    [Theory, InlineData(2, 2), InlineData(2, 3)]
    public void Another_implementation_says_the_same_bytes(int t, int n) => Replay(Repository.PathOf(Dkls23Transcript.PathOf(t, n)), expected: 0);

    [Theory, InlineData(3, 5), Trait("Category", "Slow")]
    public void Another_implementation_says_the_same_bytes_for_more_parties(int t, int n) => Another_implementation_says_the_same_bytes(t, n);

    [Fact]
    public void It_finds_a_single_changed_digit()
    {
        var text = File.ReadAllText(Repository.PathOf(Dkls23Transcript.PathOf(2, 2)));
        var at = text.IndexOf("\"signature\": \"", StringComparison.Ordinal) + 20;
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, text[..at] + (text[at] == '0' ? '1' : '0') + text[(at + 1)..]);
            Assert.Contains("signature", Replay(path, expected: 1), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    static string Replay(string path, int expected)
    {
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Repository.PathOf("tests/interop/dkls23-replay.mjs"));
        start.ArgumentList.Add(path);
        using var node = Process.Start(start)!;
        var output = node.StandardOutput.ReadToEndAsync();
        var error = node.StandardError.ReadToEnd() + output.GetAwaiter().GetResult();
        node.WaitForExit();
        Assert.True(node.ExitCode == expected, error);
        return error;
    }
}
