using System.Text.Json.Nodes;

namespace Quorate.Testing.Interop;

/// <summary>Round 1 of key generation as a participant broadcasts it: commitment points and proof of possession.</summary>
public sealed record NobleDkgRound1(int From, IReadOnlyList<byte[]> Commitment, byte[] Proof);

/// <summary>What everybody knows of a FROST key: threshold, party count, the sum of the commitments, verifying shares.</summary>
public sealed record NoblePublic(
    int Threshold, int Parties, IReadOnlyList<byte[]> Commitments, IReadOnlyDictionary<int, byte[]> VerifyingShares)
{
    /// <summary>The group's public key.</summary>
    public byte[] GroupKey => Commitments[0];
}

/// <summary>One participant's key: its signing share and the public part.</summary>
public sealed record NobleKey(int Party, byte[] Share, NoblePublic Public);

/// <summary>A participant's pair of nonce commitments, RFC 9591 section 5.1.</summary>
public sealed record NobleCommitment(int From, byte[] Hiding, byte[] Binding);

/// <summary>
/// The library's FROST, one participant at a time, so that a test can mix its participants with ours. Scalars and points
/// are encoded as the ciphersuite of RFC 9591 says. The library's Taproot suite is the one of ZcashFoundation/frost, not BIP 445.
/// </summary>
/// <remarks>Parties are numbered from 1. The library wants a threshold of at least 2.</remarks>
public sealed class NobleFrost
{
    readonly string suite;

    NobleFrost(string suite) => this.suite = suite;

    /// <summary>FROST(secp256k1, SHA-256).</summary>
    public static NobleFrost Secp256k1 { get; } = new("secp256k1");

    /// <summary>FROST(secp256k1, SHA-256) with BIP 340 signatures; key generation tweaks the key with an empty script tree.</summary>
    public static NobleFrost Taproot { get; } = new("taproot");

    /// <summary>FROST(Ed25519, SHA-512).</summary>
    public static NobleFrost Ed25519 { get; } = new("ed25519");

    /// <summary>Starts key generation for <paramref name="party"/>.</summary>
    public NobleDkg StartDkg(int party, int threshold, int parties)
    {
        var sent = Call("frost.dkg.round1", new() { ["party"] = party, ["threshold"] = threshold, ["parties"] = parties });
        return new(this, party, Handle(sent), new(party, List(sent["commitment"]), Noble.Unhex(sent["proof"])));
    }

    /// <summary>A key for parties 1 to n from a trusted dealer, of a given secret or a random one.</summary>
    public IReadOnlyList<NobleKey> Deal(int threshold, int parties, ReadOnlySpan<byte> secret = default)
    {
        var request = new JsonObject { ["threshold"] = threshold, ["parties"] = parties };
        if (!secret.IsEmpty)
            request["secret"] = Noble.Hex(secret);
        var dealt = Call("frost.deal", request);
        var common = Public(dealt["public"]!);
        return [.. dealt["shares"]!.AsArray().Select(s => new NobleKey((int)s!["party"]!, Noble.Unhex(s["share"]), common))];
    }

    /// <summary>Round one of signing: nonces stay in the library's process, their commitments come back.</summary>
    public NobleSigner Commit(NobleKey key)
    {
        var sent = Call("frost.commit", new() { ["party"] = key.Party, ["share"] = Noble.Hex(key.Share) });
        var commitment = new NobleCommitment(key.Party, Noble.Unhex(sent["hiding"]), Noble.Unhex(sent["binding"]));
        return new(this, key, Handle(sent), commitment);
    }

    /// <summary>Whether a signature share is its sender's, RFC 9591 section 5.4.</summary>
    public bool VerifyShare(
        NoblePublic key, IEnumerable<NobleCommitment> commitments, ReadOnlySpan<byte> message, int party, ReadOnlySpan<byte> share)
    {
        var request = Quorum(key, commitments, message);
        request["party"] = party;
        request["share"] = Noble.Hex(share);
        return Noble.Answer("frost.verifyShare", request);
    }

    /// <summary>The signature out of its shares, verified; throws when it does not verify.</summary>
    public byte[] Aggregate(
        NoblePublic key, IEnumerable<NobleCommitment> commitments, ReadOnlySpan<byte> message,
        IEnumerable<KeyValuePair<int, byte[]>> shares)
    {
        var request = Quorum(key, commitments, message);
        request["shares"] = Shares("from", shares);
        return Noble.Bytes("frost.aggregate", request);
    }

    /// <summary>Whether this is a signature of the group.</summary>
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Noble.Answer("frost.verify", new()
        {
            ["suite"] = suite,
            ["publicKey"] = Noble.Hex(publicKey), ["message"] = Noble.Hex(message), ["signature"] = Noble.Hex(signature),
        });

    /// <summary>The secret behind at least t shares, by interpolation at zero.</summary>
    public byte[] Combine(int threshold, int parties, IEnumerable<KeyValuePair<int, byte[]>> shares) =>
        Noble.Bytes("frost.combine", new()
        {
            ["suite"] = suite, ["threshold"] = threshold, ["parties"] = parties, ["shares"] = Shares("party", shares),
        });

    internal JsonNode Call(string operation, JsonObject arguments)
    {
        arguments["suite"] = suite;
        return Noble.Call(operation, arguments);
    }

    internal JsonObject Quorum(NoblePublic key, IEnumerable<NobleCommitment> commitments, ReadOnlySpan<byte> message) => new()
    {
        ["suite"] = suite,
        ["public"] = new JsonObject
        {
            ["threshold"] = key.Threshold,
            ["parties"] = key.Parties,
            ["commitments"] = List(key.Commitments),
            ["verifyingShares"] = Array(key.VerifyingShares.Select(v =>
                new JsonObject { ["party"] = v.Key, ["point"] = Noble.Hex(v.Value) })),
        },
        ["commitments"] = Array(commitments.Select(c => new JsonObject
        {
            ["from"] = c.From, ["hiding"] = Noble.Hex(c.Hiding), ["binding"] = Noble.Hex(c.Binding),
        })),
        ["message"] = Noble.Hex(message),
    };

    internal static JsonArray Received(IEnumerable<NobleDkgRound1> messages) => Array(messages.Select(m => new JsonObject
    {
        ["from"] = m.From, ["commitment"] = List(m.Commitment), ["proof"] = Noble.Hex(m.Proof),
    }));

    internal static JsonArray Shares(string party, IEnumerable<KeyValuePair<int, byte[]>> shares) =>
        Array(shares.Select(s => new JsonObject { [party] = s.Key, ["share"] = Noble.Hex(s.Value) }));

    internal static NoblePublic Public(JsonNode node) => new(
        (int)node["threshold"]!, (int)node["parties"]!, List(node["commitments"]),
        node["verifyingShares"]!.AsArray().ToDictionary(v => (int)v!["party"]!, v => Noble.Unhex(v!["point"])));

    static JsonArray Array(IEnumerable<JsonObject> items) => [.. items];

    static JsonArray List(IEnumerable<byte[]> items) => [.. items.Select(item => (JsonNode)Noble.Hex(item))];

    static byte[][] List(JsonNode? items) => [.. items!.AsArray().Select(Noble.Unhex)];

    static int Handle(JsonNode node) => (int)node["handle"]!;
}
