using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Commitments;
using Quorate.Threshold.Proofs;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Dkls23;

/// <summary>One pair's set-up while it is made: base transfers in both directions and the zero seed.</summary>
sealed class PairInProgress : IDisposable
{
    readonly byte[] id;
    readonly PartyId me;
    readonly BaseTransferReceiver receiver;
    readonly BaseTransferSender sender;
    readonly SecretBytes half = new(ZeroSharing.SeedSize);

    internal PairInProgress(byte[] id, PartyId me, PartyId peer, IRandom random)
    {
        (this.id, this.me, Peer) = (id, me, peer);
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

    /// <summary>This party's message to the peer, with what does not concern transfers.</summary>
    internal Dkls23Keygen.Contribution Announce(SchnorrProof<Secp256k1> proof, Secret<Scalar<Secp256k1>> share)
    {
        var keys = new Point<Secp256k1>[BaseTransfer.KeyCount];
        for (var k = 0; k < keys.Length; k++)
            keys[k] = Point<Secp256k1>.Decode(receiver.Message.Slice(k * BaseTransfer.PointSize, BaseTransfer.PointSize));
        return new(proof, share, half.Copy(), sender.Key, keys);
    }

    /// <summary>Takes the peer's message. False where its transfer keys are excluded.</summary>
    internal bool TryFinish(Dkls23Keygen.Contribution theirs)
    {
        ZeroSharing.Seed(id, me, half.Expose(), Peer, theirs.ZeroSeed.Expose(), Setup.ZeroSeed.Expose());
        receiver.Finish(theirs.SenderKey, Setup.ChosenPads);
        return sender.TryFinish(theirs.ReceiverKeys, Setup.Pads0, Setup.Pads1);
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
