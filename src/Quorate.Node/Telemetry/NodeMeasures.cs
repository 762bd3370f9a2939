using System.Diagnostics.Metrics;
using Quorate.Node.Breaker;
using Quorate.Node.Sessions;
using Quorate.Node.Signing;
using Quorate.Node.Transport;
using Quorate.Policies;

namespace Quorate.Node.Telemetry;

/// <summary>What a node shows of itself and of the others while this is there. Other nodes are named as in the genesis document.</summary>
sealed class NodeMeasures : IDisposable
{
    readonly Meter meter = new(NodeTelemetry.Name);

    /// <param name="Deployment">Who the others are.</param>
    /// <param name="Me">Who is not one of them.</param>
    /// <param name="Signing">Signing's breakers and stock.</param>
    /// <param name="Health">What ceremonies have measured.</param>
    /// <param name="Conduct">What is thought of the others in the long run.</param>
    /// <param name="Board">The sessions.</param>
    /// <param name="Relay">The way by a relay; null without one.</param>
    /// <param name="Target">Presignatures wanted for each wallet and quorum.</param>
    internal sealed record Of(
        GenesisDocument Deployment, NodeId Me, NodeSigning Signing, HealthBook Health, SigningConduct Conduct, Switchboard Board, RelayTransport? Relay, int Target);

    internal NodeMeasures(Of node)
    {
        NodeEntry[] peers = [.. node.Deployment.Nodes.Where(n => !n.Id.Equals(node.Me))];
        IEnumerable<Measurement<T>> Peers<T>(Func<NodeId, T> of) where T : struct =>
            peers.Select(peer => new Measurement<T>(of(peer.Id), new KeyValuePair<string, object?>("peer", peer.Name)));

        meter.CreateObservableGauge("quorate.node.party.score", () => Peers(peer => node.Health[peer].Score), null, "A node's record in ceremonies, 0 to 1: docs/spec/breaker.md.");
        meter.CreateObservableGauge("quorate.node.party.trust", () => Peers(node.Conduct.TrustIn), null, "A node's reputation, 0 to 1.");
        meter.CreateObservableGauge("quorate.node.breaker.state", () => peers.SelectMany(peer => (Measurement<int>[])
        [
            State(peer, "signing", node.Signing.Health.Look(peer.Id).State switch { CircuitState.Closed => 0, CircuitState.HalfOpen => 1, _ => 2 }),
            State(peer, "ceremony", node.Health[peer.Id].State switch { BreakerState.Closed => 0, BreakerState.HalfOpen => 1, _ => 2 }),
        ]), null, "Whether a node is asked: 0 closed (it is), 1 half-open (on trial), 2 open (it is not).");
        meter.CreateObservableGauge("quorate.node.presignatures", () => node.Signing.Presigner.Stock.CountOf(node.Me), "{presignature}", "Presignatures that this node has to lead with.");
        meter.CreateObservableGauge("quorate.node.presignatures.target", () => node.Target, "{presignature}", "Presignatures wanted for each wallet and quorum; 0 where that is switched off.");
        meter.CreateObservableGauge("quorate.node.requests.leading", () => node.Signing.Lead.Leading, "{request}", "Requests to sign that this node leads.");
        meter.CreateObservableGauge("quorate.node.offers.working", () => node.Signing.Peer.AtWork, "{offer}", "Offers of others that this node works on.");
        meter.CreateObservableGauge("quorate.node.sessions.open", () => node.Board.Open, "{session}", "Lines of sessions that are open.");
        if (node.Relay is not { } relay)
            return;
        meter.CreateObservableGauge("quorate.node.relay.connected", () => relay.IsConnected ? 1 : 0, null, "Whether the relay has let this node in.");
        meter.CreateObservableGauge("quorate.node.relay.unacknowledged", () => relay.Unacknowledged, "{packet}", "Packets that are not known to have arrived.");
    }

    static Measurement<int> State(NodeEntry peer, string path, int state) => new(state, new("peer", peer.Name), new("path", path));

    /// <summary>No more.</summary>
    public void Dispose() => meter.Dispose();
}
