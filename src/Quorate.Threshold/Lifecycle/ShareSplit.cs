using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;

namespace Quorate.Threshold.Lifecycle;

/// <summary>A helper's part of a lost share, λᵢ(r)·sᵢ, as a random sum: one summand δᵢⱼ for every helper. Wiped by <see cref="Dispose"/>.</summary>
sealed class ShareSplit<C> : IDisposable where C : struct, ICurve<C>
{
    readonly Secret<Scalar<C>>[] delta;

    /// <summary>Random summands and a last one that makes the sum right.</summary>
    internal ShareSplit(in Scalar<C> lambda, Secret<Scalar<C>> share, int count, IRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        delta = new Secret<Scalar<C>>[count];
        for (var j = 0; j < count - 1; j++)
            delta[j] = Secret<Scalar<C>>.Random(random);
        using var sum = DealtScalar<C>.Sum(delta[..^1]);
        delta[^1] = new(lambda * share.Expose() - sum.Expose());
    }

    /// <summary>δᵢⱼ, j counted from 0.</summary>
    internal Secret<Scalar<C>> this[int j] => delta[j];

    /// <summary>Δᵢⱼ = δᵢⱼ·G for all j.</summary>
    internal Point<C>[] Commit() => [.. delta.Select(d => d.MultiplyBase())];

    /// <summary>Wipes the summands.</summary>
    public void Dispose()
    {
        foreach (var d in delta)
            d.Dispose();
    }
}
