namespace Quorate.Cryptography.Secrets;

/// <summary>Secret bytes on the pinned heap, of a length that is not secret. Wiped by <see cref="Dispose"/>.</summary>
/// <remarks>Lives and dies as <see cref="Secret{T}"/> does.</remarks>
public sealed class SecretBytes : IDisposable
{
    readonly SecretMemory<byte> memory;

    /// <summary>Room for <paramref name="length"/> bytes, all zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative length.</exception>
    public SecretBytes(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        memory = new(length);
    }

    /// <summary>Takes a copy of <paramref name="value"/>; the caller's own copy is the caller's to clear.</summary>
    public SecretBytes(ReadOnlySpan<byte> value) : this(value.Length) => value.CopyTo(Expose());

    /// <summary>Length in bytes.</summary>
    public int Length => memory.Length;

    /// <summary>Whether the bytes have been wiped.</summary>
    public bool IsDisposed => memory.IsDisposed;

    /// <summary>The bytes, writable so that a primitive can fill them in place.</summary>
    /// <exception cref="ObjectDisposedException">The secret has been wiped.</exception>
    public Span<byte> Expose() => memory.Value;

    /// <summary>A second secret with the same bytes and a life of its own.</summary>
    /// <exception cref="ObjectDisposedException">The secret has been wiped.</exception>
    public SecretBytes Copy() => new(Expose());

    /// <summary>Wipes the bytes. Harmless when repeated.</summary>
    public void Dispose() => memory.Dispose();

    /// <summary>The length only.</summary>
    public override string ToString() => $"SecretBytes({Length})";
}
