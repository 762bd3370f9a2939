using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Vault;

/// <summary>
/// A holding of any scheme on its way into the vault: what a ceremony has to store together with others. Wiped by
/// <see cref="Dispose"/>.
/// </summary>
sealed class StoredKey : IDisposable
{
    readonly SecretBytes plain;

    StoredKey(RecordHeader header, bool hasShare, SecretBytes plain) => (Header, HasShare, this.plain) = (header, hasShare, plain);

    internal RecordHeader Header { get; }

    /// <summary>Whether it has a share in force, and not only pending ones.</summary>
    internal bool HasShare { get; }

    internal SecretBytes Plain => plain;

    /// <exception cref="ArgumentException">The scheme is none of this curve's that are kept without pairwise set-ups.</exception>
    internal static StoredKey Of<C>(KeyHolding<C> holding) where C : struct, ICurve<C>
    {
        using var writer = new WireWriter();
        holding.Write(writer);
        return new(StoredHolding.HeaderOf(holding), holding.Share is not null, new(writer.Written));
    }

    internal static StoredKey Of(Dkls23KeyHolding holding)
    {
        using var writer = new WireWriter();
        holding.Write(writer);
        return new(StoredHolding.HeaderOf(holding), holding.DealingShare is not null, new(writer.Written));
    }

    /// <summary>What was stored with its scheme before it; checked whole.</summary>
    /// <exception cref="WireException">The bytes are no holding of a known scheme.</exception>
    internal static StoredKey Read(byte scheme, ReadOnlySpan<byte> bytes)
    {
        var header = StoredHolding.Check((Threshold.Sharing.KeyScheme)scheme, bytes);
        // A key that was just made has its share: only what joins an older one has none.
        return new(header, true, new(bytes));
    }

    public void Dispose() => plain.Dispose();
}
