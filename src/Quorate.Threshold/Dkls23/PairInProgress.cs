using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Commitments;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Dkls23;

/// <summary>One pair's set-up while it is made: base transfers in both directions, the zero seed, and their trial.</summary>
sealed class PairInProgress : IDisposable
{
    readonly byte[] id;
    readonly PartyId me;
    readonly IRandom random;
    readonly BaseTransferReceiver receiver;
    readonly BaseTransferSender sender;
    readonly SecretBytes half = new(ZeroSharing.SeedSize);

    internal PairInProgress(byte[] id, PartyId me, PartyId peer, IRandom random)
    {
        (this.id, this.me, Peer, this.random) = (id, me, peer, random);
        Setup = new(peer);
        random.Fill(Setup.Delta);
        random.Fill(half.Expose());
        // Who sends in the multiplication receives in the base transfers, so Δ are its choices there.
        receiver = new(TransferLabel.Create(id, peer, me), Setup.Delta, random);
        sender = new(TransferLabel.Create(id, me, peer), random);
    }

    internal PartyId Peer { get; }

    /// <summary>Whole once <see cref="TryFinish"/> has returned true.</summary>
    internal PairwiseSetup Setup { get; }

    /// <summary>This party's message to the peer.</summary>
    internal PairwiseKeys Announce()
    {
        var keys = new Point<Secp256k1>[BaseTransfer.KeyCount];
        for (var k = 0; k < keys.Length; k++)
            keys[k] = Point<Secp256k1>.Decode(receiver.Message.Slice(k * BaseTransfer.PointSize, BaseTransfer.PointSize));
        return new(half.Copy(), sender.Key, keys);
    }

    /// <summary>Takes the peer's message. False where its transfer keys are excluded.</summary>
    internal bool TryFinish(PairwiseKeys theirs)
    {
        ZeroSharing.Seed(id, me, half.Expose(), Peer, theirs.ZeroSeed.Expose(), Setup.ZeroSeed.Expose());
        receiver.Finish(theirs.SenderKey, Setup.ChosenPads);
        return sender.TryFinish(theirs.ReceiverKeys, Setup.Pads0, Setup.Pads1);
    }

    /// <summary>Uses the finished set-up once, for nothing.</summary>
    internal PairwiseTrial Try()
    {
        using var extension = new ExtensionReceiver(TransferLabel.Create(TrialSubject(), Peer, me), Setup.Pads0, Setup.Pads1, random);
        return new(extension.Message.ToArray(), ZeroSharing.Confirm(Setup.ZeroSeed.Expose(), me));
    }

    /// <summary>
    /// Whether the peer's use of the set-up fits this party's. A peer that guesses bits of Δ passes with the chance of the
    /// guess and otherwise ends the set-up: what the failure tells is about a Δ that is thrown away with it.
    /// </summary>
    internal bool Fits(PairwiseTrial theirs)
    {
        using var extension = ExtensionSender.TryCreate(TransferLabel.Create(TrialSubject(), me, Peer), Setup.Delta, Setup.ChosenPads, theirs.Transfers);
        return extension is not null
            & CryptographicOperations.FixedTimeEquals(theirs.ZeroSeed, ZeroSharing.Confirm(Setup.ZeroSeed.Expose(), Peer));
    }

    /// <summary>The trial's own subject, so that no signature ever repeats its transfers.</summary>
    internal byte[] TrialSubject()
    {
        using var transcript = new Transcript(Tags.Dkls23Trial);
        return transcript.Append(id).Digest();
    }

    /// <summary>Wipes everything; a finished set-up is copied before.</summary>
    public void Dispose()
    {
        receiver.Dispose();
        sender.Dispose();
        half.Dispose();
        Setup.Dispose();
    }
}
