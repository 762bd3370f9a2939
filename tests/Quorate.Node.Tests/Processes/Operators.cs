using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Node.Vault;

namespace Quorate.Node.Tests.Processes;

/// <summary>What operators and administrators make with the executable, as a test reads it afterwards.</summary>
sealed class Operators : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("quorate-operators-").FullName;

    internal string At(string name) => Path.Combine(folder, name);

    /// <summary>A node of which the test gets the identity.</summary>
    internal async Task<Ed25519Key> InitAsync(string name)
    {
        await Executable.DoAsync("node", "init", "--data", At(name), "--key-file", At($"{name}.key"), "--no-passphrase");
        using var vault = NodeVault.Open(At($"{name}/vault.db"), parameters =>
        {
            using var credential = new KeyCredential(null, KekFile.Read(At($"{name}.key")));
            return credential.Open(parameters, SystemRandom.Shared);
        }, SystemRandom.Shared);
        return vault.OpenIdentity();
    }

    internal Task<string> InstallAsync(string name) =>
        Executable.DoAsync("node", "genesis", "install", At("genesis.json"), "--data", At(name), "--key-file", At($"{name}.key"));

    /// <summary>A member's device key, unsealed, in a file of his name; gives what the command printed.</summary>
    internal Task<string> NewDeviceAsync(string member) =>
        Executable.DoAsync("device", "new", "--member", member, "--name", "laptop", "--out", At(member), "--no-passphrase");

    internal void Write(string name, string text) => File.WriteAllText(At(name), text);

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
