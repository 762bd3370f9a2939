using Quorate.Node.Vault;

namespace Quorate.Node.Tests.Vault;

static class Spending
{
    /// <summary>Uses a presignature and waits for the disk.</summary>
    internal static bool TrySpend(this NodeVault vault, ReadOnlySpan<byte> id) => vault.TrySpendAsync(id).GetAwaiter().GetResult();
}
