using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Quorate.Chains;
using Quorate.Cli.Telemetry;
using Quorate.Cryptography.Secrets;
using Quorate.Policies;
using Quorate.Rpc;

namespace Quorate.System.Tests.Telemetry;

/// <summary>Whatever is handed to the log, by mistake or on purpose: what is secret or somebody else's does not come out.</summary>
public sealed partial class LogLinesTests
{
    // Made at run time, as every secret is: what is written here would be the program's own text.
    readonly string canary = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    readonly StringWriter written = Nothing();

    static StringWriter Nothing() => new();

    ILogger Open(LogFormat format = LogFormat.Json)
    {
        using var lines = new LogLines(written, format, TimeProvider.System);
        return lines.CreateLogger("test");
    }

    enum Mood
    {
        Good,
    }

    [Fact]
    public void Numbers_times_enumerations_and_the_programs_own_words_are_printed()
    {
        using var key = Quorate.Cryptography.Signatures.Ed25519Key.Generate(SystemRandom.Shared);
        var node = NodeId.FromPublicKey(key.EncodedPublicKey);
        Plain(Open(), "watching nodes", 7, 0.5, Mood.Good, TimeSpan.FromSeconds(1.5), node);

        var line = JsonDocument.Parse(written.ToString()).RootElement;
        Assert.Equal($"watching nodes has 7 of 0.5, Good, after 00:00:01.5000000, from {node}.", line.GetProperty("message").GetString());
        Assert.Equal(("information", 1, "Plain"), (line.GetProperty("level").GetString(), line.GetProperty("id").GetInt32(), line.GetProperty("event").GetString()));
        Assert.Equal(7, line.GetProperty("values").GetProperty("Count").GetInt32());
    }

    [Fact]
    public void Nothing_else_is_but_for_its_type()
    {
        var message = new Google.Protobuf.WellKnownTypes.StringValue { Value = canary };
        object[] secrets =
        [
            canary, Convert.FromHexString(canary), canary.ToCharArray(), canary.AsMemory(), new[] { canary }, new List<string> { canary }, new Dictionary<string, string> { [canary] = canary },
            new Uri($"https://node.test/{canary}"), new { Key = canary }, (canary, 1), message, UInt128.MaxValue, Guid.Parse(canary), JsonDocument.Parse($"\"{canary}\"").RootElement,
            new InvalidOperationException(canary), new Lazy<string>(canary), $"trf_{canary}",
        ];
        foreach (var format in Enum.GetValues<LogFormat>())
            foreach (var secret in secrets)
            {
                Any(Open(format), secret);
                foreach (var template in (string[])["what came was {What}", $"what came was {{What}}: {secret}", $"put together from {secret}"])
                    Open(format).Log(LogLevel.Warning, 4, new List<KeyValuePair<string, object?>> { new("What", secret), new($"{secret}", 1), new("{OriginalFormat}", template) }, null, (s, _) => $"{s[0]} {canary}");
                Open(format).Log(LogLevel.Error, new EventId(9, canary), secret, null, (s, _) => $"{s} {canary}");
                using (Open(format).BeginScope(secret))
                    Any(Open(format), 1);
            }
        using var bytes = new SecretBytes(32);
        Any(Open(), bytes);

        var text = written.ToString();
        Assert.DoesNotContain(canary, text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Convert.ToBase64String(Convert.FromHexString(canary)), text, StringComparison.Ordinal);
        Assert.DoesNotContain(Guid.Parse(canary).ToString(), text, StringComparison.Ordinal);
        Assert.DoesNotContain(UInt128.MaxValue.ToString(global::System.Globalization.CultureInfo.InvariantCulture), text, StringComparison.Ordinal);
        Assert.Contains("what came was Byte[]", text, StringComparison.Ordinal);
        Assert.Contains("a message that was put together", text, StringComparison.Ordinal);
        Assert.Contains("SecretBytes", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_shows_its_kind_its_code_and_where_and_nothing_that_it_says()
    {
        try
        {
            try
            {
                throw new SocketException((int)SocketError.ConnectionRefused);
            }
            catch (SocketException e)
            {
                throw new ChainException(ChainError.Unavailable, $"The node answers {canary}", e);
            }
        }
        catch (ChainException e)
        {
            e.Data[canary] = canary;
            Failed(Open(), e);
        }
        Failed(Open(), new RpcException(new(StatusCode.Unavailable, canary)));
        Failed(Open(LogFormat.Text), new FormatException(canary));

        var text = written.ToString();
        Assert.DoesNotContain(canary, text, StringComparison.Ordinal);
        var problems = JsonDocument.Parse(text.Split('\n')[0]).RootElement.GetProperty("exceptions");
        Assert.Equal(("ChainException", "Unavailable"), (problems[0].GetProperty("kind").GetString(), problems[0].GetProperty("code").GetString()));
        Assert.Equal(("SocketException", "ConnectionRefused"), (problems[1].GetProperty("kind").GetString(), problems[1].GetProperty("code").GetString()));
        Assert.EndsWith(nameof(An_exception_shows_its_kind_its_code_and_where_and_nothing_that_it_says), problems[0].GetProperty("at")[0].GetString(), StringComparison.Ordinal);
        Assert.EndsWith("it failed (FormatException)", text.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_names_the_trace_that_it_belongs_to()
    {
        using var activity = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        Any(Open(), 1);
        Any(Open(LogFormat.Text), 1);

        var lines = written.ToString().Split('\n');
        Assert.Equal(activity.TraceId.ToHexString(), JsonDocument.Parse(lines[0]).RootElement.GetProperty("trace").GetString());
        Assert.EndsWith($"trace={activity.TraceId}", lines[1].TrimEnd(), StringComparison.Ordinal);
    }

    [LoggerMessage(1, LogLevel.Information, "{Work} has {Count} of {Share}, {Mood}, after {Time}, from {Node}.")]
    static partial void Plain(ILogger logger, string work, int count, double share, Mood mood, TimeSpan time, NodeId node);

    [LoggerMessage(2, LogLevel.Information, "what came was {What}")]
    static partial void Any(ILogger logger, object what);

    [LoggerMessage(3, LogLevel.Error, "it failed")]
    static partial void Failed(ILogger logger, Exception problem);
}
