using System.Collections.Concurrent;
using System.Diagnostics;
using Quorate.Node.Signing;
using Quorate.Node.Telemetry;
using Quorate.Node.Tests.Signing;

namespace Quorate.Node.Tests.Telemetry;

/// <summary>What a node's spans show of a signature, and what it lets a server say about them.</summary>
public sealed class TracingTests
{
    [Fact]
    public async Task A_signature_is_a_session_of_rounds_at_every_node_of_its_quorum_and_its_spans_tell_nothing_of_what_was_signed()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == NodeTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var fleet = await Fleet.StartAsync();
        var request = fleet.Acme.Request("req_traced_1", 7);
        ActivityTraceId trace;
        using (var asked = NodeTelemetry.Source.StartActivity("asked"))
        {
            trace = asked!.TraceId;
            Assert.IsType<SigningReport.Signed>(await fleet.LeadAsync(1, request));
        }
        var led = spans.Where(s => s.TraceId == trace).ToArray();
        var session = Assert.Single(led, s => s.OperationName == "session");
        Assert.Equal("sign/EcdsaSecp256k1", session.GetTagItem("quorate.protocol"));
        string[] rounds = [.. led.Where(s => s.ParentSpanId == session.SpanId).Select(s => s.OperationName).Order(StringComparer.Ordinal)];
        Assert.Equal(["round 0", "round 1"], rounds[..2]);
        Assert.Contains(led, s => s.OperationName == "judge" && (string?)s.GetTagItem("quorate.verdict") == "permitted" && (string?)s.GetTagItem("quorate.transfer") == "req_traced_1");
        Assert.Contains(led, s => s.OperationName == "lend");
        // The peer's session is in a trace of its own, and has the attempt.
        await Until(() => spans.Count(s => s.OperationName == "session" && Equals(s.GetTagItem("quorate.attempt"), session.GetTagItem("quorate.attempt"))) == 2);

        string[] secrets = [Convert.ToHexStringLower(request.Payload.Bytes.Span), request.Intent.Hash.ToString(), fleet.Acme.ContextAt(Deployment.Path).Signer.Text];
        foreach (var text in spans.SelectMany(s => s.TagObjects.Select(t => $"{t.Value}").Append(s.DisplayName)))
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-011")]
    [InlineData("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01")]
    [InlineData("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333\n-01")]
    public void What_is_no_trace_context_is_none(string given) => Assert.Equal(default, NodeTelemetry.ParentOf(given));

    [Fact]
    public void Any_bytes_of_any_length_are_none_or_well_formed()
    {
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(0, 80)).Select(_ => (char)random.Next(0, 0x250))]);
            Assert.Equal(default, NodeTelemetry.ParentOf(text));
        }
        Assert.Equal(default, NodeTelemetry.ParentOf(new string('0', 1 << 20)));
    }

    [Fact]
    public void A_server_does_not_decide_what_a_node_records()
    {
        var parent = NodeTelemetry.ParentOf("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
        Assert.Equal(("0af7651916cd43dd8448eb211c80319c", ActivityTraceFlags.Recorded, true), (parent.TraceId.ToHexString(), parent.TraceFlags, parent.IsRemote));
    }

    [Fact]
    public void A_method_that_nobody_knows_is_no_label()
    {
        Assert.Equal("unknown", NodeTelemetry.BeginQuestion("../../etc", "").Method);
        Assert.Equal("Sign", NodeTelemetry.BeginQuestion("Sign", "").Method);
    }

    static async Task Until(Func<bool> isSo)
    {
        for (var clock = Stopwatch.StartNew(); !isSo(); await Task.Delay(20))
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30));
    }
}
