using System.Diagnostics.Metrics;
using Quorate.Policies;
using Quorate.Server.Relay;

namespace Quorate.Server.Telemetry;

/// <summary>What a relay shows of itself while this is there: who is connected, and what waits for whom.</summary>
sealed class RelayMeasures : IDisposable
{
    readonly Meter meter = new(ServerTelemetry.Name);

    internal RelayMeasures(RelayService relay, IReadOnlyDictionary<NodeId, string> names)
    {
        KeyValuePair<string, object?> Node(NodeId node) => new("node", names.GetValueOrDefault(node, "unnamed"));
        meter.CreateObservableGauge("quorate.relay.node.connected", () => relay.Mailboxes.Select(m => new Measurement<int>(m.IsConnected ? 1 : 0, Node(m.Node))),
            null, "Whether a node is connected to the relay.");
        meter.CreateObservableGauge("quorate.relay.mailbox.depth", () => relay.Mailboxes.Select(m => new Measurement<int>(m.Waiting, Node(m.Node))),
            "{envelope}", "Envelopes that wait for a node.");
        meter.CreateObservableGauge("quorate.relay.questions.open", () => relay.Mailboxes.Select(m => new Measurement<int>(m.Questions, Node(m.Node))),
            "{question}", "Questions that a node has not answered yet.");
    }

    /// <summary>No more.</summary>
    public void Dispose() => meter.Dispose();
}
