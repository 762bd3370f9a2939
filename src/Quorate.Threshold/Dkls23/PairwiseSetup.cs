using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Commitments;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// What two parties keep for multiplying with each other, as one of them holds it: its choices Δ and the chosen pads,
/// for when it sends; both pads of the other direction, for when it receives; and the seed of their zero shares.
/// </summary>
sealed class PairwiseSetup : IDisposable
{
    const int DeltaSize = BaseTransfer.Count / 8;

    /// <summary>Length in bytes of the stored form.</summary>
    internal const int Size = TransferSize + ZeroSharing.SeedSize;

    const int TransferSize = DeltaSize + 3 * BaseTransfer.PadsSize;

    readonly SecretBytes storage = new(TransferSize);

    /// <summary>The other party of the pair.</summary>
    internal PartyId Peer { get; }

    internal PairwiseSetup(PartyId peer)
    {
        Peer = peer;
        ZeroSeed = new(ZeroSharing.SeedSize);
    }

    internal Span<byte> Delta => storage.Expose()[..DeltaSize];

    internal Span<byte> ChosenPads => storage.Expose().Slice(DeltaSize, BaseTransfer.PadsSize);

    internal Span<byte> Pads0 => storage.Expose().Slice(DeltaSize + BaseTransfer.PadsSize, BaseTransfer.PadsSize);

    internal Span<byte> Pads1 => storage.Expose().Slice(DeltaSize + 2 * BaseTransfer.PadsSize, BaseTransfer.PadsSize);

    /// <summary>The seed of the pair's zero shares.</summary>
    internal SecretBytes ZeroSeed { get; }

    internal void Write(WireWriter writer)
    {
        writer.Party(Peer);
        writer.Raw(storage.Expose());
        writer.Raw(ZeroSeed.Expose());
    }

    internal static PairwiseSetup Read(ref WireReader reader)
    {
        var peer = reader.Party();
        var bytes = reader.Take(Size);
        var setup = new PairwiseSetup(peer);
        bytes[..TransferSize].CopyTo(setup.storage.Expose());
        bytes[TransferSize..].CopyTo(setup.ZeroSeed.Expose());
        return setup;
    }

    /// <summary>A copy with a life of its own.</summary>
    internal PairwiseSetup Copy()
    {
        var copy = new PairwiseSetup(Peer);
        storage.Expose().CopyTo(copy.storage.Expose());
        ZeroSeed.Expose().CopyTo(copy.ZeroSeed.Expose());
        return copy;
    }

    /// <summary>Wipes it all.</summary>
    public void Dispose()
    {
        storage.Dispose();
        ZeroSeed.Dispose();
    }
}
