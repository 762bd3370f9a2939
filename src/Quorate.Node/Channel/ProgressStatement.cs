using System.Buffers.Binary;
using Quorate.Cryptography.Signatures;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Channel;

/// <summary>
/// What a party signs after each barrier: how many have opened, and a hash of what it has heard from everybody until then.
/// Two of one party, session and step that differ convict it.
/// </summary>
public sealed class ProgressStatement
{
    internal const int StateSize = 32;
    internal const int Size = 2 + 2 + StateSize + Ed25519Signature.Size;

    readonly byte[] state;
    readonly byte[] signature;

    ProgressStatement(PartyId party, int step, ReadOnlySpan<byte> state, ReadOnlySpan<byte> signature) =>
        (Party, Step, this.state, this.signature) = (party, step, state.ToArray(), signature.ToArray());

    /// <summary>Who says so.</summary>
    public PartyId Party { get; }

    /// <summary>Barriers that have opened for it.</summary>
    public int Step { get; }

    /// <summary>Hash of everything that all parties had broadcast until then, as this one got it; 32 bytes.</summary>
    public ReadOnlySpan<byte> State => state;

    /// <summary>The Ed25519 signature, 64 bytes.</summary>
    public ReadOnlySpan<byte> Signature => signature;

    /// <summary>The statement as evidence; null where the party has not signed it in this session.</summary>
    public SignedStatement? Check(SessionDescription description, SessionId session)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(session);
        return description.Parties.Contains(Party)
            ? SignedStatement.Check(StatementKind.Progress, description, Party, Content(description, session, Step, state), signature)
            : null;
    }

    internal bool SaysTheSame(ProgressStatement other) => Step == other.Step && state.AsSpan().SequenceEqual(other.state);

    internal static ProgressStatement Make(
        SessionDescription description, SessionId session, PartyId me, Ed25519Key identity, int step, ReadOnlySpan<byte> state) => new(
            me, step, state,
            SignedStatement.Make(StatementKind.Progress, description, me, identity, Content(description, session, step, state)).Signature);

    internal static ProgressStatement Unchecked(PartyId party, int step, ReadOnlySpan<byte> state, ReadOnlySpan<byte> signature) =>
        new(party, step, state, signature);

    internal void Write(WireWriter writer)
    {
        writer.Party(Party);
        writer.UInt16(Step);
        writer.Raw(state);
        writer.Raw(signature);
    }

    /// <exception cref="WireException">Too short, or no party.</exception>
    internal static ProgressStatement Read(ref WireReader reader) =>
        new(reader.Party(), reader.UInt16(), reader.Take(StateSize), reader.Take(Ed25519Signature.Size));

    static byte[] Content(SessionDescription description, SessionId session, int step, ReadOnlySpan<byte> state)
    {
        var number = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(number, (ushort)step);
        return [.. description.Digest, .. session.AsSpan(), .. number, .. state];
    }
}
