using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;

namespace Quorate.Threshold.Dkls23;

/// <summary>One side's additive shares of the two products of a multiplication.</summary>
sealed class ProductShares(in Scalar<Secp256k1> u, in Scalar<Secp256k1> v) : IDisposable
{
    /// <summary>Share of the first input's product.</summary>
    internal Secret<Scalar<Secp256k1>> U { get; } = new(u);

    /// <summary>Share of the second input's product.</summary>
    internal Secret<Scalar<Secp256k1>> V { get; } = new(v);

    /// <summary>Wipes both.</summary>
    public void Dispose()
    {
        U.Dispose();
        V.Dispose();
    }
}
