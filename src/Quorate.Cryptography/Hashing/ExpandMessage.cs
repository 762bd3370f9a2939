using System.Security.Cryptography;

namespace Quorate.Cryptography.Hashing;

/// <summary>expand_message_xmd with SHA-256 (RFC 9380, section 5.3.1): many uniform bytes from a message under a domain.</summary>
public static class ExpandMessage
{
    /// <summary>Fills <paramref name="destination"/>, at most 255·32 bytes. What is copied is wiped: the message may be secret.</summary>
    /// <exception cref="ArgumentException">The domain is empty or longer than 255 bytes, or the destination is too long.</exception>
    public static void Xmd(ReadOnlySpan<byte> domain, ReadOnlySpan<byte> message, Span<byte> destination)
    {
        const int Block = SHA256.HashSizeInBytes;
        if (domain.Length is 0 or > 255)
            throw new ArgumentException("1 to 255 bytes.", nameof(domain));
        if (destination.Length > 255 * Block)
            throw new ArgumentException($"At most {255 * Block} bytes.", nameof(destination));

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> zeroPad = stackalloc byte[64];
        Span<byte> b0 = stackalloc byte[Block];
        Span<byte> bi = stackalloc byte[Block];
        ReadOnlySpan<byte> domainLength = [(byte)domain.Length];
        zeroPad.Clear();
        bi.Clear();

        // b₀ = H(Z_pad ‖ message ‖ I2OSP(length, 2) ‖ 0 ‖ DST′)
        hash.AppendData(zeroPad);
        hash.AppendData(message);
        hash.AppendData([(byte)(destination.Length >> 8), (byte)destination.Length, 0]);
        hash.AppendData(domain);
        hash.AppendData(domainLength);
        hash.GetHashAndReset(b0);

        // bᵢ = H((b₀ ⊕ bᵢ₋₁) ‖ i ‖ DST′), with zeros for the first one's predecessor.
        for (byte i = 1; !destination.IsEmpty; i++)
        {
            for (var k = 0; k < Block; k++)
                bi[k] ^= b0[k];
            hash.AppendData(bi);
            hash.AppendData([i]);
            hash.AppendData(domain);
            hash.AppendData(domainLength);
            hash.GetHashAndReset(bi);
            var length = Math.Min(Block, destination.Length);
            bi[..length].CopyTo(destination);
            destination = destination[length..];
        }
        CryptographicOperations.ZeroMemory(b0);
        CryptographicOperations.ZeroMemory(bi);
    }
}
