using System.Security.Cryptography;

namespace Quorate.Cryptography.Secrets;

/// <summary>Secret bytes on the pinned heap, of a length that is not secret. Wiped by <see cref="Dispose"/>.</summary>
public sealed class SecretBytes : IDisposable
{
    readonly byte[] bytes;
    bool disposed;

    /// <summary>Room for <paramref name="length"/> bytes, all zero.</summary>
    public SecretBytes(int length)
    {
        bytes = GC.AllocateArray<byte>(length, pinned: true);
        SecretCount.Add(1);
    }

    /// <summary>Takes a copy of <paramref name="value"/>; the caller's own copy is the caller's to clear.</summary>
    public SecretBytes(ReadOnlySpan<byte> value) : this(value.Length) => value.CopyTo(bytes);

    /// <summary>A finaliser, so that a forgotten secret is wiped late rather than never.</summary>
    ~SecretBytes() => Wipe();

    /// <summary>Length in bytes.</summary>
    public int Length => bytes.Length;

    /// <summary>The bytes, writable so that a primitive can fill them in place.</summary>
    /// <exception cref="ObjectDisposedException">The secret has been wiped.</exception>
    public Span<byte> Expose()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return bytes;
    }

    /// <summary>Wipes the bytes. Harmless when repeated.</summary>
    public void Dispose()
    {
        Wipe();
        GC.SuppressFinalize(this);
    }

    /// <summary>The length only.</summary>
    public override string ToString() => $"SecretBytes({bytes.Length})";

    void Wipe()
    {
        if (disposed)
            return;
        disposed = true;
        CryptographicOperations.ZeroMemory(bytes);
        SecretCount.Add(-1);
    }
}
