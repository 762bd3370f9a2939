using System.Collections.Immutable;
using System.Text.Json;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Signatures;

namespace Quorate.Policies;

/// <summary>Where a journal was: docs/spec/journal.md.</summary>
/// <param name="Journal">The journal's id, 32 hexadecimal digits.</param>
/// <param name="Position">Events in it.</param>
/// <param name="Hash">Hash of the chain behind the last of them.</param>
public sealed record JournalMark(string Journal, ulong Position, Digest Hash);

/// <summary>
/// A node's word, under its identity key, for what it has decided on an intent and done about it: docs/spec/receipts.md. What
/// it says can be compared with its journal, whose head it names.
/// </summary>
public sealed record NodeDecision
{
    /// <summary>Largest document read.</summary>
    public const int MaxSize = 256 << 10;

    /// <summary>Longest trace, in characters; what is longer is cut.</summary>
    public const int MaxTrace = 64 << 10;

    const int MaxPackage = 4_096;

    /// <summary>Hash of the genesis document.</summary>
    public required Digest Deployment { get; init; }

    /// <summary>Whose word it is.</summary>
    public required NodeId Node { get; init; }

    /// <summary>The request.</summary>
    public required string Request { get; init; }

    /// <summary>Hash of the intent, which binds wallet, transaction and signatures.</summary>
    public required Digest Intent { get; init; }

    /// <summary>Hash of the policy that allowed it.</summary>
    public required Digest Policy { get; init; }

    /// <summary>How many acts of the administrators the node had taken when it decided: which membership it asked.</summary>
    public required ulong Acts { get; init; }

    /// <summary>When it decided, by its clock, in Unix seconds.</summary>
    public required long DecidedAt { get; init; }

    /// <summary>Why: the policy's decision, rule by rule.</summary>
    public required string Trace { get; init; }

    /// <summary>How many sessions it has lent its share to.</summary>
    public required int Sessions { get; init; }

    /// <summary>The signatures that it has seen come of them, by their index, ascending.</summary>
    public required ImmutableArray<int> Signed { get; init; }

    /// <summary>The wallet's public keys as the node has them: by <see cref="KeyName"/>, the packages in their stored format.</summary>
    public required ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> Keys { get; init; }

    /// <summary>The node's journal when it said so.</summary>
    public required JournalMark Journal { get; init; }

    /// <summary>When it said so, in Unix seconds.</summary>
    public required long StatedAt { get; init; }

    /// <summary>The document in its canonical form, RFC 8785.</summary>
    public byte[] Write()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("quorateDecision", 1);
            json.WriteString("deployment", Deployment.ToString());
            json.WriteString("node", Node.ToString());
            json.WriteString("request", Request);
            json.WriteString("intent", Intent.ToString());
            json.WriteString("policy", Policy.ToString());
            json.WriteNumber("acts", Acts);
            json.WriteString("decidedAt", JsonReading.WriteInstant(DecidedAt));
            json.WriteString("trace", Trace.Length <= MaxTrace ? Trace : Trace[..MaxTrace]);
            json.WriteNumber("sessions", Sessions);
            json.WriteStartArray("signed");
            foreach (var index in Signed)
                json.WriteNumberValue(index);
            json.WriteEndArray();
            json.WriteStartObject("keys");
            foreach (var (name, package) in Keys)
                json.WriteString(name, Convert.ToHexStringLower(package.Span));
            json.WriteEndObject();
            json.WriteStartObject("journal");
            json.WriteString("id", Journal.Journal);
            json.WriteNumber("position", Journal.Position);
            json.WriteString("hash", Journal.Hash.ToString());
            json.WriteEndObject();
            json.WriteString("statedAt", JsonReading.WriteInstant(StatedAt));
            json.WriteEndObject();
        }
        return CanonicalJson.Write(JsonTree.Parse(stream.ToArray(), MaxSize));
    }

    /// <summary>Reads a decision in its canonical form, which alone is what was signed.</summary>
    /// <exception cref="DocumentException">Not a decision; says where and why.</exception>
    public static NodeDecision Parse(ReadOnlySpan<byte> utf8)
    {
        var document = JsonTree.Parse(utf8, MaxSize);
        var members = new JsonMembers(document);
        members.Required("quorateDecision").AsNumber(1, 1);
        var node = members.Required("node");
        var decision = new NodeDecision
        {
            Deployment = members.Required("deployment").AsDigest(),
            Node = NodeId.TryParse(node.AsText(), out var id) ? id! : throw node.Error("node", "not an Ed25519 public key in hexadecimal."),
            Request = members.Required("request").AsName(),
            Intent = members.Required("intent").AsDigest(),
            Policy = members.Required("policy").AsDigest(),
            Acts = (ulong)members.Required("acts").AsNumber(0, JsonTree.MaxNumber),
            DecidedAt = members.Required("decidedAt").AsInstant(),
            Trace = members.Required("trace").AsText(MaxTrace),
            Sessions = (int)members.Required("sessions").AsNumber(0, int.MaxValue),
            Signed = [.. members.Required("signed").AsSet(0, Policies.Intent.MaxSignatures, item => (int)item.AsNumber(0, int.MaxValue))],
            Keys = ReadKeys(members.Required("keys")),
            Journal = ReadMark(members.Required("journal")),
            StatedAt = members.Required("statedAt").AsInstant(),
        };
        members.End();
        return CanonicalJson.Write(document).AsSpan().SequenceEqual(utf8) ? decision : throw document.Error("form", "a signed document is in its canonical form.");
    }

    /// <summary>What the node signs for a document in canonical form.</summary>
    static byte[] MessageFor(ReadOnlySpan<byte> canonical)
    {
        using var transcript = new Transcript(Tags.NodeDecision);
        return transcript.Append(canonical).Digest();
    }

    static ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> ReadKeys(JsonValue value)
    {
        var members = new JsonMembers(value);
        var keys = KeyName.All.Select(name => (name, member: members.Optional(name))).Where(key => key.member is not null)
            .ToImmutableSortedDictionary(key => key.name, key => (ReadOnlyMemory<byte>)Convert.FromHexString(key.member!.AsHex(2 * MaxPackage)), StringComparer.Ordinal);
        members.End();
        return keys;
    }

    static JournalMark ReadMark(JsonValue value)
    {
        var members = new JsonMembers(value);
        var id = members.Required("id");
        var mark = new JournalMark(
            id.AsHex(32).Length == 32 ? id.Text : throw id.Error("journal", "a journal's id has 32 digits."),
            (ulong)members.Required("position").AsNumber(0, JsonTree.MaxNumber), members.Required("hash").AsDigest());
        members.End();
        return mark;
    }

    /// <summary>The node's signature on this.</summary>
    public SignedDecision Sign(Ed25519Key identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        var canonical = Write();
        return new(canonical, identity.Sign(MessageFor(canonical)));
    }

    internal static bool IsSigned(NodeId node, ReadOnlySpan<byte> canonical, ReadOnlySpan<byte> signature) => node.Verify(MessageFor(canonical), signature);
}

/// <summary>A decision as it travels.</summary>
/// <param name="Document">Its canonical form.</param>
/// <param name="Signature">Ed25519, 64 bytes.</param>
public sealed record SignedDecision(ReadOnlyMemory<byte> Document, ReadOnlyMemory<byte> Signature)
{
    /// <summary>The decision, if it is whole and the node that it names has signed it.</summary>
    /// <exception cref="DocumentException">The document is no decision.</exception>
    /// <returns>Null where the signature does not verify.</returns>
    public NodeDecision? Open() => NodeDecision.Parse(Document.Span) is var decision && NodeDecision.IsSigned(decision.Node, Document.Span, Signature.Span) ? decision : null;
}
