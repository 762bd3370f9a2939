using System.Runtime.InteropServices;

namespace Quorate.Testing.Native;

/// <summary>The one digest of OpenSSL's that the framework does not pass on.</summary>
public static partial class Libcrypto
{
    /// <summary>RIPEMD-160 by OpenSSL 3. False where the library or the algorithm is missing.</summary>
    public static bool TryRipemd160(ReadOnlySpan<byte> source, Span<byte> digest)
    {
        if (digest.Length < 20 || !NativeLibrary.TryLoad("libcrypto.so.3", out _))
            return false;
        return Digest(0, "RIPEMD160", null, source, (nuint)source.Length, digest, out var length) == 1 && length == 20;
    }

    [LibraryImport("libcrypto.so.3", EntryPoint = "EVP_Q_digest", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Digest(
        nint context, string name, string? properties, ReadOnlySpan<byte> data, nuint size, Span<byte> digest, out nuint length);
}
