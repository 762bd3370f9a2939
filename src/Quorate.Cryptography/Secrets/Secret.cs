namespace Quorate.Cryptography.Secrets;

/// <summary>
/// A secret value on the pinned heap: the collector never copies it, <see cref="Dispose"/> wipes it, and
/// <see cref="Expose"/> is the only way to read it. No equality, no serialisation, and <see cref="ToString"/> names only the type.
/// </summary>
/// <remarks>
/// A forgotten secret is wiped after the collector found it. To dispose while another thread reads is the caller's
/// mistake: that thread may read zeros. What .NET cannot promise (registers, stack copies, swap) is said in SECURITY.md.
/// </remarks>
public sealed class Secret<T> : IDisposable where T : unmanaged
{
    readonly SecretMemory<T> memory = new(1);

    /// <summary>Takes a copy of <paramref name="value"/>; the caller's own copy is the caller's to clear.</summary>
    public Secret(in T value) => memory.Value[0] = value;

    /// <summary>The value. Use it where a secret enters a primitive or becomes public; never store the result.</summary>
    /// <exception cref="ObjectDisposedException">The secret has been wiped.</exception>
    public ref readonly T Expose() => ref memory.Value[0];

    /// <summary>Whether the value has been wiped.</summary>
    public bool IsDisposed => memory.IsDisposed;

    /// <summary>A second secret with the same value and a life of its own.</summary>
    /// <exception cref="ObjectDisposedException">The secret has been wiped.</exception>
    public Secret<T> Copy() => new(Expose());

    /// <summary>Wipes the value. Harmless when repeated.</summary>
    public void Dispose() => memory.Dispose();

    /// <summary>The type only.</summary>
    public override string ToString() => $"Secret<{typeof(T).Name}>(…)";
}
