using System.Text.Json.Nodes;

namespace Quorate.Testing.Interop;

/// <summary>One participant's key generation in the library. Its polynomial stays in the library's process.</summary>
public sealed class NobleDkg
{
    readonly NobleFrost suite;
    readonly int party;
    readonly int handle;

    internal NobleDkg(NobleFrost suite, int party, int handle, NobleDkgRound1 round1)
    {
        this.suite = suite;
        this.party = party;
        this.handle = handle;
        Round1 = round1;
    }

    /// <summary>What this participant broadcasts in round 1.</summary>
    public NobleDkgRound1 Round1 { get; }

    /// <summary>Checks the others' round 1 and gives a share for each of them; throws on a wrong proof.</summary>
    public IReadOnlyDictionary<int, byte[]> Round2(IEnumerable<NobleDkgRound1> others) =>
        suite.Call("frost.dkg.round2", new() { ["handle"] = handle, ["received"] = NobleFrost.Received(others) })
            .AsArray().ToDictionary(m => (int)m!["to"]!, m => Noble.Unhex(m!["share"]));

    /// <summary>Checks the shares received, by sender, and ends with this participant's key; throws on a wrong share.</summary>
    public NobleKey Round3(IEnumerable<NobleDkgRound1> others, IEnumerable<KeyValuePair<int, byte[]>> shares)
    {
        var request = new JsonObject
        {
            ["handle"] = handle,
            ["received"] = NobleFrost.Received(others),
            ["shares"] = NobleFrost.Shares("from", shares),
        };
        var key = suite.Call("frost.dkg.round3", request);
        return new(party, Noble.Unhex(key["share"]), NobleFrost.Public(key["public"]!));
    }
}

/// <summary>One participant's part in one signature in the library, which keeps the nonces and uses them once.</summary>
public sealed class NobleSigner
{
    readonly NobleFrost suite;
    readonly NobleKey key;
    readonly int handle;

    internal NobleSigner(NobleFrost suite, NobleKey key, int handle, NobleCommitment commitment)
    {
        this.suite = suite;
        this.key = key;
        this.handle = handle;
        Commitment = commitment;
    }

    /// <summary>What this participant publishes in round one.</summary>
    public NobleCommitment Commitment { get; }

    /// <summary>Round two: the signature share under everybody's commitments, this participant's included.</summary>
    public byte[] Sign(IEnumerable<NobleCommitment> commitments, ReadOnlySpan<byte> message)
    {
        var request = suite.Quorum(key.Public, commitments, message);
        request["handle"] = handle;
        request["party"] = key.Party;
        request["share"] = Noble.Hex(key.Share);
        return Noble.Unhex(suite.Call("frost.sign", request));
    }
}
