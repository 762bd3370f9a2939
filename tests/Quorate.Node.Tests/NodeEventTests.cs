using System.Text.Json;
using Quorate.Node.Breaker;

namespace Quorate.Node.Tests;

public sealed class NodeEventTests
{
    static readonly JsonElement json = NodeEvent.Json("""{"a":[1,"é"]}"""u8.ToArray());

    public static TheoryData<NodeEvent> Events =>
    [
        new NodeEvent.GenesisInstalled(1, json, "ab"),
        new NodeEvent.ActAccepted(2, json, json, [new("cd", 7, "ef")]),
        new NodeEvent.Frozen(3, "*", "alice", "an alarm", json, []),
        new NodeEvent.Frozen(3, "treasury", "", "an alarm", null, []),
        new NodeEvent.WalletKeyed(4, "treasury", [1], null, []),
        new NodeEvent.WalletKeyed(4, "treasury", [1], null, [], "make"),
        new NodeEvent.WalletLeft(4, "treasury", "move", [[1], [2]]),
        new NodeEvent.CeremonyAllowed(4, "make", json, json, [new("cd", 7, "ef")]),
        new NodeEvent.CeremonyAttempted(4, "make", 2, "aa", 7, "node-1", [1, 2]),
        new NodeEvent.CeremonyAttempted(4, "make", 1, "aa", 0, "node-1", null),
        new NodeEvent.CeremonyAttested(4, "make", 1, [3]),
        new NodeEvent.CeremonyVowed(4, "make", 1),
        new NodeEvent.CeremonyFailed(4, "make", 1, "timeout", ["node-2"], true),
        new NodeEvent.ConductNoted(4, "make", 1, [new("cd", Conduct.Success, 1), new("ef", Conduct.ProvenFault, 1.0 / 3)]),
        new NodeEvent.CeremonyCertified(4, "make", 1, [4]),
        new NodeEvent.CeremonyEnded(4, "make", "bb", "completed"),
        new NodeEvent.SigningAllowed(5, json, "Transaction", [1, 2], json, [new("cd", 7, "ef")], "aa", [new("c", "day:UTC", "1", "2")], "allow"),
        new NodeEvent.SigningDenied(6, json, "aa", "deny"),
        new NodeEvent.ReplacementAllowed(7, "aa", "bb"),
        new NodeEvent.SessionOpened(7, "aa", 1, "bb", [1, 3]),
        new NodeEvent.SessionEnded(8, "aa", 1, "bb", null, "timeout"),
        new NodeEvent.SessionEnded(8, "aa", 1, "bb", [9], null),
        new NodeEvent.SigningReleased(9, "aa", "expired"),
        new NodeEvent.HeadCosigned(10, "00112233445566778899aabbccddeeff", 7, "bb"),
        new NodeEvent.SigningNoted(10, "cd", 0.25, 1.5, 1),
        new NodeEvent.VaultAnchored(10, "aa/1/bb"),
    ];

    [Theory, MemberData(nameof(Events))]
    public void What_is_recorded_is_what_is_read(NodeEvent happened)
    {
        var written = NodeEvent.Catalog.Encode(happened);
        var read = NodeEvent.Catalog.Decode(new()
        {
            Position = 1, Stream = "node", Version = 1, Id = Guid.Empty, Type = written.Type, SchemaVersion = written.SchemaVersion,
            RecordedMicroseconds = 0, Payload = written.Payload, Hash = default!,
        });
        Assert.IsType(happened.GetType(), read);
        Assert.Equal(written.Payload.ToArray(), NodeEvent.Catalog.Encode(read).Payload.ToArray());
        Assert.Equal(happened is NodeEvent.SessionEnded { Signature: null }, read is NodeEvent.SessionEnded { Signature: null });
    }

    [Fact]
    public void Every_kind_of_event_is_tried() =>
        Assert.Equal(typeof(NodeEvent).GetNestedTypes().Where(t => t.IsSubclassOf(typeof(NodeEvent))).ToHashSet(), ((IEnumerable<object[]>)Events).Select(row => row[0].GetType()).ToHashSet());
}
