using System.Collections.Immutable;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Signatures;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Ceremonies;

/// <summary>One key that an attempt has made or renewed, as everybody must hold it alike.</summary>
/// <param name="Package">The public package in its stored format.</param>
/// <param name="Replaces">Digest of the package before it, 32 bytes; empty for a key that was just made, or repaired.</param>
/// <param name="SetupId">Id of the pairwise set-ups that come with it, 32 bytes; empty where there are none.</param>
sealed record KeyClaim(byte[] Package, byte[] Replaces, byte[] SetupId)
{
    // 64 parties' points, and what is around them.
    const int MaxPackage = 4_096;

    internal void Write(WireWriter writer)
    {
        writer.Bytes(Package);
        writer.Bytes(Replaces);
        writer.Bytes(SetupId);
    }

    internal static KeyClaim Read(ref WireReader reader) =>
        new(reader.Bytes(MaxPackage).ToArray(), reader.Bytes(Digest.Size).ToArray(), reader.Bytes(Digest.Size).ToArray());
}

/// <summary>One node's word, under its identity, that its part of an attempt is stored.</summary>
/// <param name="Party">The node.</param>
/// <param name="Proofs">
/// For every renewed key the node's acknowledgement (docs/spec/lifecycle.md); for a backup the digest of the file.
/// </param>
/// <param name="Signature">Ed25519, 64 bytes.</param>
sealed record Attestation(PartyId Party, ImmutableArray<byte[]> Proofs, byte[] Signature)
{
    /// <summary>The longest proof: a point and a scalar.</summary>
    internal const int MaxProof = 128;

    internal static Attestation Make(Digest order, int number, IReadOnlyList<KeyClaim> claims, PartyId me, ImmutableArray<byte[]> proofs, Ed25519Key identity) =>
        new(me, proofs, identity.Sign(Message(order, number, claims, me, proofs)));

    internal bool Verify(Digest order, int number, IReadOnlyList<KeyClaim> claims, NodeId node) =>
        node.Verify(Message(order, number, claims, Party, Proofs), Signature);

    internal void Write(WireWriter writer)
    {
        writer.Party(Party);
        writer.Byte((byte)Proofs.Length);
        foreach (var proof in Proofs)
            writer.Bytes(proof);
        writer.Raw(Signature);
    }

    internal static Attestation Read(ref WireReader reader)
    {
        var party = reader.Party();
        var proofs = new byte[reader.Byte()][];
        if (proofs.Length > CeremonyCertificate.MaxKeys)
            throw reader.Error($"{proofs.Length} proofs");
        for (var i = 0; i < proofs.Length; i++)
            proofs[i] = reader.Bytes(MaxProof).ToArray();
        return new(party, [.. proofs], reader.Take(Ed25519Signature.Size).ToArray());
    }

    static byte[] Message(Digest order, int number, IReadOnlyList<KeyClaim> claims, PartyId party, ImmutableArray<byte[]> proofs)
    {
        using var transcript = new Transcript(Tags.CeremonyAttestation);
        transcript.Append(order.ToArray()).Append((ulong)number).Append((ulong)party.Value).List(claims.Count);
        foreach (var claim in claims)
            transcript.Append(claim.Package).Append(claim.Replaces).Append(claim.SetupId);
        transcript.List(proofs.Length);
        foreach (var proof in proofs)
            transcript.Append(proof);
        return transcript.Digest();
    }
}

/// <summary>An attestation with what it is about.</summary>
sealed record Testimony(int Number, ImmutableArray<KeyClaim> Claims, Attestation Attestation)
{
    internal byte[] Encode()
    {
        using var writer = new WireWriter();
        CeremonyCertificate.WriteClaims(writer, Number, Claims);
        Attestation.Write(writer);
        return writer.Written.ToArray();
    }

    /// <exception cref="WireException">The bytes are none.</exception>
    internal static Testimony Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var (number, claims) = CeremonyCertificate.ReadClaims(ref reader);
        var testimony = new Testimony(number, claims, Attestation.Read(ref reader));
        reader.End();
        return testimony;
    }

    /// <summary>Whether it is about the same attempt and keys as another.</summary>
    internal bool Agrees(Testimony other) =>
        Number == other.Number && CeremonyCertificate.EncodeClaims(Number, Claims).AsSpan().SequenceEqual(CeremonyCertificate.EncodeClaims(other.Number, other.Claims));
}

/// <summary>
/// A node's word, under its identity, that it has not attested an attempt and never will: then that attempt has no
/// certificate, for ever.
/// </summary>
sealed record Vow(int Number, PartyId Party, byte[] Signature)
{
    /// <summary>Length in bytes of the encoding.</summary>
    internal const int Size = 8 + 2 + Ed25519Signature.Size;

    internal static Vow Make(Digest order, int number, PartyId me, Ed25519Key identity) => new(number, me, identity.Sign(Message(order, number, me)));

    internal bool Verify(Digest order, NodeId node) => node.Verify(Message(order, Number, Party), Signature);

    internal byte[] Encode()
    {
        using var writer = new WireWriter();
        writer.UInt64((ulong)Number);
        writer.Party(Party);
        writer.Raw(Signature);
        return writer.Written.ToArray();
    }

    /// <exception cref="WireException">The bytes are none.</exception>
    internal static Vow Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var vow = new Vow(CeremonyCertificate.ReadNumber(ref reader), reader.Party(), reader.Take(Ed25519Signature.Size).ToArray());
        reader.End();
        return vow;
    }

    static byte[] Message(Digest order, int number, PartyId party)
    {
        using var transcript = new Transcript(Tags.CeremonyVow);
        return transcript.Append(order.ToArray()).Append((ulong)number).Append((ulong)party.Value).Digest();
    }
}
