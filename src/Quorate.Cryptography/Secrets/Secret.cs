using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Quorate.Cryptography.Secrets;

/// <summary>
/// A secret value on the pinned heap: the collector never copies it, <see cref="Dispose"/> wipes it, and
/// <see cref="Expose"/> is the only way to read it. No equality, no serialisation, and <see cref="ToString"/> names only the type.
/// </summary>
/// <remarks>What .NET cannot promise (registers, stack copies, swap) is said in SECURITY.md.</remarks>
public sealed class Secret<T> : IDisposable where T : unmanaged
{
    readonly T[] cell = GC.AllocateUninitializedArray<T>(1, pinned: true);
    bool disposed;

    /// <summary>Takes a copy of <paramref name="value"/>; the caller's own copy is the caller's to clear.</summary>
    public Secret(in T value)
    {
        cell[0] = value;
        SecretCount.Add(1);
    }

    /// <summary>A finaliser, so that a forgotten secret is wiped late rather than never.</summary>
    ~Secret() => Wipe();

    /// <summary>The value. Use it where a secret enters a primitive or becomes public; never store the result.</summary>
    /// <exception cref="ObjectDisposedException">The secret has been wiped.</exception>
    public ref readonly T Expose()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return ref cell[0];
    }

    /// <summary>Whether the value has been wiped.</summary>
    public bool IsDisposed => disposed;

    /// <summary>A second secret with the same value and a life of its own.</summary>
    public Secret<T> Copy() => new(Expose());

    /// <summary>Wipes the value. Harmless when repeated.</summary>
    public void Dispose()
    {
        Wipe();
        GC.SuppressFinalize(this);
    }

    /// <summary>The type only.</summary>
    public override string ToString() => $"Secret<{typeof(T).Name}>(…)";

    void Wipe()
    {
        if (disposed)
            return;
        disposed = true;
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(cell.AsSpan()));
        SecretCount.Add(-1);
    }
}

/// <summary>How many secrets are alive, so that a test can prove a session leaves none behind.</summary>
static class SecretCount
{
    static long live;

    /// <summary>Secrets constructed and not yet wiped, in this process.</summary>
    internal static long Live => Interlocked.Read(ref live);

    internal static void Add(int change) => Interlocked.Add(ref live, change);
}
