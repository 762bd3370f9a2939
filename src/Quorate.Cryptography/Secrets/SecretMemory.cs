using System.Runtime;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Quorate.Cryptography.Secrets;

/// <summary>
/// One array on the pinned heap, wiped exactly once: by <see cref="Dispose"/>, or by the finaliser when its owner forgot.
/// </summary>
/// <remarks>
/// The finaliser waits until the array itself is unreachable, references into it included. A finaliser on the owner
/// could run while the last caller still computes with what <see cref="Value"/> returned, because by then nobody
/// needs the owner any more; the computation would go on with zeros. So this object is tied to the array's life.
/// </remarks>
sealed class SecretMemory<T> : IDisposable where T : unmanaged
{
    readonly T[] array;
    DependentHandle life;
    int wiped;

    internal SecretMemory(int length)
    {
        array = GC.AllocateArray<T>(length, pinned: true);
        life = new DependentHandle(array, this);
        SecretCount.Add(1);
    }

    /// <summary>Wipes late rather than never.</summary>
    ~SecretMemory() => Dispose();

    internal int Length => array.Length;

    internal bool IsDisposed => Volatile.Read(ref wiped) != 0;

    /// <summary>The array.</summary>
    /// <exception cref="ObjectDisposedException">It has been wiped.</exception>
    internal T[] Value => IsDisposed ? throw new ObjectDisposedException("A secret that has been wiped.") : array;

    /// <summary>Wipes the array. Harmless when repeated, by several threads too.</summary>
    public void Dispose()
    {
        // A constructor that ran out of memory leaves no array behind, and was not counted.
        if (array is null || !life.IsAllocated || Interlocked.Exchange(ref wiped, 1) != 0)
            return;
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(array.AsSpan()));
        life.Dispose();
        SecretCount.Add(-1);
        GC.SuppressFinalize(this);
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
