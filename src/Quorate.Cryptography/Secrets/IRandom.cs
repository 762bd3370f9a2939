using System.Security.Cryptography;

namespace Quorate.Cryptography.Secrets;

/// <summary>
/// A source of uniform bytes. The one port of the cryptography: real code passes <see cref="SystemRandom"/>, tests a
/// seeded stream, and nothing inside a protocol reaches for randomness on its own.
/// </summary>
public interface IRandom
{
    /// <summary>Overwrites every byte of <paramref name="destination"/> with a uniform one.</summary>
    void Fill(Span<byte> destination);
}

/// <summary>The operating system's generator, through <see cref="RandomNumberGenerator"/>.</summary>
public sealed class SystemRandom : IRandom
{
    /// <summary>The one instance; it has no state.</summary>
    public static SystemRandom Shared { get; } = new();

    SystemRandom() { }

    /// <inheritdoc/>
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}
