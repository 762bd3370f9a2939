using Quorate.Testing;
using Quorate.Threshold.Transfer;

namespace Quorate.Threshold.Tests.Transfer;

/// <summary>Base pads as a trusted dealer would hand them out: fast, and independent of the base transfers.</summary>
sealed class TransferPair
{
    internal TransferPair(ulong seed)
    {
        using var random = new SeededRandom(seed, "dealer");
        random.Fill(Delta);
        random.Fill(Pads0);
        random.Fill(Pads1);
        for (var i = 0; i < BaseTransfer.Count; i++)
            ((Delta[i / 8] >> i % 8 & 1) == 0 ? Pads0 : Pads1).AsSpan(i * BaseTransfer.PadSize, BaseTransfer.PadSize)
                .CopyTo(Chosen.AsSpan(i * BaseTransfer.PadSize));
    }

    internal byte[] Delta { get; } = new byte[16];

    internal byte[] Pads0 { get; } = new byte[BaseTransfer.PadsSize];

    internal byte[] Pads1 { get; } = new byte[BaseTransfer.PadsSize];

    internal byte[] Chosen { get; } = new byte[BaseTransfer.PadsSize];
}
