using System.Security.Cryptography;
using System.Text;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Channel;

/// <summary>What became of a proof of identity.</summary>
enum ProofResult
{
    /// <summary>It does not open: not from whoever exchanged keys with us, so nothing.</summary>
    Ignored,

    /// <summary>It opens, and the peer has not signed it: we have exchanged keys with somebody else.</summary>
    Impostor,

    /// <summary>The peer signed another description.</summary>
    Disagrees,

    /// <summary>The peer is the peer, and holds our description.</summary>
    Accepted,
}

/// <summary>
/// One end of the key exchange, docs/spec/channel.md: signed ephemeral X25519 keys, then each side's Ed25519 signature on the
/// exchange, sealed under a key from it. Symmetric but for the parties' order, so that nobody has to begin. Pure.
/// </summary>
sealed class Handshake : IDisposable
{
    const int HashSize = 32;
    const int KeySize = 32;
    const int ProofSize = HashSize + Ed25519Signature.Size + PacketFormat.TagSize;

    readonly SessionDescription description;
    readonly PartyId me;
    readonly PartyId peer;
    readonly Ed25519Key identity;
    readonly byte[] publicKey;
    readonly byte[] hello;
    readonly X25519Key ephemeral;
    byte[]? exchange;
    SecretBytes? secret;

    internal Handshake(SessionDescription description, PartyId me, PartyId peer, Ed25519Key identity, IRandom random)
    {
        (this.description, this.me, this.peer, this.identity) = (description, me, peer, identity);
        ephemeral = X25519Key.Generate(random);
        publicKey = ephemeral.PublicKey.ToArray();
        hello = [.. publicKey, .. SignedStatement.Make(StatementKind.Key, description, me, identity, KeyContent(peer, publicKey)).Signature];
    }

    /// <summary>Our ephemeral key with our signature.</summary>
    internal ReadOnlySpan<byte> Hello => hello;

    /// <summary>Whether the keys have been exchanged.</summary>
    internal bool HasExchanged => secret is not null;

    /// <summary>The peer's signature on the exchange and on what it takes the session for.</summary>
    internal SignedStatement? Stated { get; private set; }

    /// <summary>
    /// Takes the peer's ephemeral key and returns our proof; null where the peer has not signed it for us, and nothing has
    /// happened. The first stays: an honest peer signs one for each attempt, unless it has begun it anew.
    /// </summary>
    internal byte[]? TakeHello(ReadOnlySpan<byte> peerHello)
    {
        if (HasExchanged || peerHello.Length != hello.Length)
            return null;
        var peerKey = peerHello[..X25519.Size];
        if (SignedStatement.Check(StatementKind.Key, description, peer, KeyContent(me, peerKey), peerHello[X25519.Size..]) is null)
            return null;
        using var shared = ephemeral.Agree(peerKey);
        if (shared is null)
            return null;
        ephemeral.Dispose();

        exchange = Exchange(peerKey);
        secret = new(HashSize);
        HKDF.Extract(HashAlgorithmName.SHA256, shared.Expose(), exchange, secret.Expose());

        var statement = SignedStatement.Make(StatementKind.Description, description, me, identity, [.. exchange, .. description.Digest]);
        var proof = new byte[ProofSize];
        using var aes = ProofCipher(me, peer);
        aes.Encrypt(
            new byte[AesGcm.NonceByteSizes.MaxSize], [.. description.Digest, .. statement.Signature],
            proof.AsSpan(..^PacketFormat.TagSize), proof.AsSpan(^PacketFormat.TagSize..), exchange);
        return proof;
    }

    /// <summary>Takes the peer's proof, once keys have been exchanged.</summary>
    internal ProofResult TakeProof(ReadOnlySpan<byte> proof)
    {
        if (exchange is null || proof.Length != ProofSize)
            return ProofResult.Ignored;
        var opened = new byte[ProofSize - PacketFormat.TagSize];
        using var aes = ProofCipher(peer, me);
        try
        {
            aes.Decrypt(new byte[AesGcm.NonceByteSizes.MaxSize], proof[..^PacketFormat.TagSize], proof[^PacketFormat.TagSize..], opened, exchange);
        }
        catch (AuthenticationTagMismatchException)
        {
            return ProofResult.Ignored;
        }
        var held = opened.AsSpan(..HashSize);
        Stated = SignedStatement.Check(StatementKind.Description, description, peer, [.. exchange, .. held], opened.AsSpan(HashSize..));
        return Stated is null ? ProofResult.Impostor
            : held.SequenceEqual(description.Digest) ? ProofResult.Accepted
            : ProofResult.Disagrees;
    }

    /// <summary>Both directions of the channel, after the peer's proof was accepted. The exchange's secret is wiped.</summary>
    internal (RecordSealer Sealer, RecordOpener Opener) Finish()
    {
        using var transcript = new Transcript(Tags.ChannelBinding);
        var binding = transcript.Append(exchange).Append(description.Digest).Digest();
        using var sending = Derive(Tags.ChannelRecordKey, me, peer);
        using var receiving = Derive(Tags.ChannelRecordKey, peer, me);
        secret!.Dispose();
        return (new(sending, description.Attempt, binding, me, peer), new(receiving, binding, peer, me));
    }

    public void Dispose()
    {
        ephemeral.Dispose();
        secret?.Dispose();
    }

    static byte[] KeyContent(PartyId recipient, ReadOnlySpan<byte> key) => [(byte)(recipient.Value >> 8), (byte)recipient.Value, .. key];

    AesGcm ProofCipher(PartyId from, PartyId to)
    {
        using var key = Derive(Tags.ChannelProofKey, from, to);
        return new(key.Expose(), PacketFormat.TagSize);
    }

    /// <summary>Whoever comes first among the parties stands first, so both ends hash the same.</summary>
    byte[] Exchange(ReadOnlySpan<byte> peerKey)
    {
        using var transcript = new Transcript(Tags.ChannelExchange);
        transcript.Append(description.Organisation).Append(description.Attempt);
        foreach (var end in me < peer ? [me, peer] : new[] { peer, me })
            transcript.Append(end.Value).Append(description[end].AsSpan()).Append(end == me ? publicKey : peerKey);
        return transcript.Digest();
    }

    /// <summary>One direction's key. The description enters the records' keys; the proof's own must open before it is known.</summary>
    SecretBytes Derive(Tag use, PartyId from, PartyId to)
    {
        var held = use == Tags.ChannelRecordKey ? description.Digest : default;
        byte[] info = [.. Encoding.UTF8.GetBytes(use.Text), 0, (byte)(from.Value >> 8), (byte)from.Value, (byte)(to.Value >> 8), (byte)to.Value, .. held];
        var key = new SecretBytes(KeySize);
        HKDF.Expand(HashAlgorithmName.SHA256, secret!.Expose(), key.Expose(), info);
        return key;
    }
}
