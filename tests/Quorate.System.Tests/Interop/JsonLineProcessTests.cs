using System.Text.Json.Nodes;
using Quorate.Testing.Interop;

namespace Quorate.System.Tests.Interop;

/// <summary>A peer that fails must say so and must not hang the run.</summary>
public sealed class JsonLineProcessTests : IDisposable
{
    readonly string script = Path.Combine(Path.GetTempPath(), $"quorate-{Path.GetRandomFileName()}.mjs");

    public void Dispose() => File.Delete(script);

    [Fact]
    public void A_peer_that_dies_is_reported_with_its_last_words()
    {
        using var process = Start("console.error('out of luck'); process.exit(3);", TimeSpan.FromSeconds(60));

        var error = Assert.Throws<InvalidOperationException>(() => process.Call("any", []));

        Assert.Contains("out of luck", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_peer_that_does_not_answer_is_stopped()
    {
        using var process = Start("setInterval(() => { }, 1000);", TimeSpan.FromMilliseconds(300));

        Assert.Throws<TimeoutException>(() => process.Call("any", []));
        Assert.Throws<InvalidOperationException>(() => process.Call("any", []));
    }

    [Fact]
    public void An_answer_to_another_question_is_not_taken()
    {
        using var process = Start(
            "process.stdin.on('data', () => console.log('{\"id\":99,\"result\":true}'));", TimeSpan.FromSeconds(60));

        Assert.Throws<InvalidOperationException>(() => process.Call("any", new JsonObject()));
    }

    [Fact]
    public void A_program_that_is_not_installed_names_the_script_that_installs_it()
    {
        var error = Assert.Throws<InvalidOperationException>(
            () => new JsonLineProcess("quorate-no-such-program", script, TimeSpan.FromSeconds(1)));

        Assert.Contains("./test", error.Message, StringComparison.Ordinal);
    }

    JsonLineProcess Start(string source, TimeSpan timeout)
    {
        File.WriteAllText(script, source);
        return new("node", script, timeout);
    }
}
