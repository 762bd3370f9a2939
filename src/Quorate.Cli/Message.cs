using System.Security.Cryptography;
using Quorate.Cryptography.Hashing;
using Quorate.Threshold.Sharing;

namespace Quorate.Cli;

/// <summary>
/// A message and the hash that the user named for it. Schnorr schemes hash by their own rule; ECDSA signs a digest, and
/// that is always computed here: a digest that came from elsewhere could be anything.
/// </summary>
sealed record Message(byte[] Bytes, string? Hash)
{
    internal static readonly string[] Hashes = ["sha256", "sha256d", "keccak256"];

    /// <summary>The message as it is, for schemes that hash it themselves.</summary>
    internal byte[] Whole(KeyScheme scheme) => Hash is null
        ? Bytes
        : throw new CliException($"--hash is for keys of {Schemes.NameOf(KeyScheme.Dkls23)}; {Schemes.NameOf(scheme)} says itself how it hashes.");

    /// <summary>32 bytes for ECDSA.</summary>
    internal byte[] Digest() => Hash switch
    {
        "sha256" => SHA256.HashData(Bytes),
        "sha256d" => SHA256.HashData(SHA256.HashData(Bytes)),
        "keccak256" => Keccak256.HashData(Bytes),
        _ => throw new CliException($"ECDSA signs a digest: say --hash {string.Join(", --hash ", Hashes[..^1])} or --hash {Hashes[^1]}."),
    };
}
