using System.Runtime.InteropServices;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Sharing;

/// <summary>
/// A secret polynomial f over the scalars, in pinned memory that is wiped: f(0) is the shared secret, f(i) party i's
/// share, and t coefficients make t shares enough (Shamir 1979).
/// </summary>
public sealed class Polynomial<C> : IDisposable where C : struct, ICurve<C>
{
    readonly SecretBytes storage;

    Polynomial(int count) => storage = new(count * Scalar<C>.Size);

    /// <summary>Number of coefficients: the threshold.</summary>
    public int Count => Coefficients.Length;

    Span<Scalar<C>> Coefficients => MemoryMarshal.Cast<byte, Scalar<C>>(storage.Expose());

    /// <summary><paramref name="count"/> random coefficients, at least one.</summary>
    public static Polynomial<C> Random(int count, IRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using var constant = Secret<Scalar<C>>.Random(random);
        return Random(constant, count, random);
    }

    /// <summary>A random polynomial of <paramref name="count"/> coefficients with the given constant.</summary>
    public static Polynomial<C> Random(Secret<Scalar<C>> constant, int count, IRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var f = new Polynomial<C>(count);
        f.Coefficients[0] = constant.Expose();
        foreach (ref var coefficient in f.Coefficients[1..])
        {
            using var drawn = Secret<Scalar<C>>.Random(random);
            coefficient = drawn.Expose();
        }
        return f;
    }

    /// <summary>The polynomial with exactly these coefficients, constant first: for test vectors and derived polynomials.</summary>
    internal static Polynomial<C> FromCoefficients(ReadOnlySpan<Scalar<C>> coefficients)
    {
        var f = new Polynomial<C>(coefficients.Length);
        coefficients.CopyTo(f.Coefficients);
        return f;
    }

    /// <summary>A copy of f(0).</summary>
    public Secret<Scalar<C>> Constant => new(Coefficients[0]);

    /// <summary>f(party), by Horner's rule.</summary>
    public Secret<Scalar<C>> At(PartyId party)
    {
        var x = party.ToScalar<C>();
        var coefficients = Coefficients;
        var value = coefficients[^1];
        for (var k = coefficients.Length - 2; k >= 0; k--)
            value = value * x + coefficients[k];
        return new(value);
    }

    /// <summary>Feldman's commitment: every coefficient times G.</summary>
    public PolynomialCommitment<C> Commit()
    {
        var commitments = new Point<C>[Count];
        for (var k = 0; k < commitments.Length; k++)
            commitments[k] = Point<C>.MultiplyBase(Coefficients[k]);
        return new(commitments);
    }

    /// <summary>Wipes the coefficients.</summary>
    public void Dispose() => storage.Dispose();
}
