using System.CommandLine;
using Quorate.Cryptography.Secrets;
using Quorate.Node;
using Quorate.Node.Ceremonies;

namespace Quorate.Cli.Node;

/// <summary><c>quorate node import</c>: the operator of the importer named in an order brings the key.</summary>
static class ImportCommand
{
    static readonly Option<FileInfo> order = new("--order") { Description = "The order, as the administrators have signed it.", Required = true };
    static readonly Option<FileInfo> secret = new("--secret-file")
    {
        Description = "The private key: 64 hexadecimal digits, in a file of mode 0600. A scalar of secp256k1, or a seed of Ed25519.", Required = true,
    };

    internal static Command Create()
    {
        var command = new Command("import",
            """
            Put an existing private key into the vault of the node that an order names as importer. It must be the key of the
            order's public key. The ceremony then shares it among the nodes and wipes it here; the file, and wherever the key
            came from, are yours to destroy. The node must not be running.

            Example:
              quorate node import --data node-1 --order order.json --secret-file key.hex
            """)
        {
            DataDirectory.Option, order, secret, KekOptions.Vault.PassphraseOption, KekOptions.Vault.KeyFileOption,
        };
        command.SetAction((parsed, cancellation) => DataDirectory.RunAsync(async () =>
        {
            var document = PolicyFile.ReadOrder(parsed.GetValue(order)!.FullName);
            using var key = ReadKey(parsed.GetValue(secret)!.FullName);
            var options = new NodeOptions { DataDirectory = parsed.GetValue(DataDirectory.Option)!.FullName, OpenKek = KekOptions.Vault.Opening(parsed) };
            if (await BroughtKey.PutAsync(options, document, key, cancellation) is { } problem)
                throw new CliException(problem);
            Console.WriteLine($"brought  the key of {document}");
        }));
        return command;
    }

    /// <summary>Reads the digits without a copy that nobody wipes.</summary>
    static SecretBytes ReadKey(string path)
    {
        using var stream = new FileStream(path, new FileStreamOptions { BufferSize = 0 });
        const UnixFileMode others = ~(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(stream.SafeFileHandle) & others) is not 0 and var mode)
            throw new CliException($"{path}: others than its owner may use it ({mode}); it has to have mode 0600.");
        const int digits = 2 * BroughtKey.Size;
        if (stream.Length is not (digits or digits + 1))
            throw new CliException($"{path}: {digits} hexadecimal digits and at most one line end belong here.");
        using var text = new SecretBytes((int)stream.Length);
        stream.ReadExactly(text.Expose());
        var key = new SecretBytes(BroughtKey.Size);
        try
        {
            if ((text.Length == digits || text.Expose()[digits] == '\n')
                && Convert.FromHexString(text.Expose()[..digits], key.Expose(), out _, out var written) == System.Buffers.OperationStatus.Done && written == BroughtKey.Size)
                return key;
            throw new CliException($"{path}: not {digits} hexadecimal digits.");
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}
