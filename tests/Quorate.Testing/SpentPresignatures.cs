using Quorate.Threshold.Dkls23;

namespace Quorate.Testing;

/// <summary>Used presignatures in memory, open to inspection.</summary>
public sealed class SpentPresignatures : ISpentPresignatures
{
    readonly HashSet<string> ids = [];

    /// <summary>How many have been used.</summary>
    public int Count => ids.Count;

    public bool TrySpend(ReadOnlySpan<byte> id) => ids.Add(Convert.ToHexString(id));
}
