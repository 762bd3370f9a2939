using System.Text.Json;

namespace Quorate.System.Tests.Shell;

/// <summary><c>quorate node</c> and <c>quorate backup</c>.</summary>
public sealed class NodeVaultTests : IDisposable
{
    readonly Shell shell = new();

    public void Dispose() => shell.Dispose();

    [Fact]
    public void A_node_is_made_shown_backed_up_and_restored()
    {
        var init = shell.Run("secret", "node", "init", "--data", "node");
        Assert.Equal((0, ""), (init.ExitCode, init.Error));
        Assert.Matches("fingerprint  ([0-9a-f]{4} ){15}[0-9a-f]{4}\n", init.Output);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(shell.PathOf("node")));

        var shown = Show("node", "secret");
        Assert.Contains(shown.GetProperty("node").GetString()!, init.Output, StringComparison.Ordinal);
        Assert.Equal(1, shown.GetProperty("revision").GetInt32());
        var anchor = shown.GetProperty("anchor").GetString()!;
        Assert.Equal(0, shell.Run("secret", "node", "vault", "verify", "--data", "node", "--anchor", anchor).ExitCode);

        shell.Environment["QUORATE_BACKUP_PASSPHRASE"] = "another secret";
        Assert.Equal((0, ""), Outcome(shell.Run("secret", "backup", "create", "--data", "node", "--out", "node.backup")));
        var verified = shell.Run(null, "backup", "verify", "node.backup", "--json");
        Assert.Equal((0, ""), Outcome(verified));
        Assert.Equal(shown.GetProperty("node").GetString(), JsonDocument.Parse(verified.Output).RootElement.GetProperty("node").GetString());

        var restored = shell.Run("new secret", "backup", "restore", "node.backup", "--data", "again");
        Assert.Equal((0, ""), Outcome(restored));
        Assert.Contains("restored  ", restored.Output, StringComparison.Ordinal);
        var again = Show("again", "new secret");
        Assert.Equal(shown.GetProperty("node").GetString(), again.GetProperty("node").GetString());
        Assert.NotEqual(shown.GetProperty("vault").GetString(), again.GetProperty("vault").GetString());
        AssertRefused(1, "the anchor is of", "new secret", "node", "vault", "verify", "--data", "again", "--anchor", anchor);
    }

    [Fact]
    public void A_key_file_is_made_and_serves_alone_or_with_a_passphrase()
    {
        Assert.Equal((0, ""), Outcome(shell.Run(null, "node", "init", "--data", "node", "--key-file", "node.key", "--no-passphrase")));
        Assert.Equal(32, new FileInfo(shell.PathOf("node.key")).Length);
        Assert.Equal(0, shell.Run(null, "node", "vault", "show", "--data", "node", "--key-file", "node.key").ExitCode);
        AssertRefused(2, "--key-file is missing", null, "node", "vault", "show", "--data", "node");

        Assert.Equal((0, ""), Outcome(shell.Run("secret", "node", "init", "--data", "both", "--key-file", "node.key")));
        AssertRefused(2, "wrong passphrase", "Secret", "node", "vault", "show", "--data", "both", "--key-file", "node.key");
        Assert.Equal(0, shell.Run("secret", "node", "vault", "show", "--data", "both", "--key-file", "node.key").ExitCode);

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(shell.PathOf("node.key"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
            AssertRefused(2, "0600", null, "node", "vault", "show", "--data", "node", "--key-file", "node.key");
        }
    }

    // systemd's credentials are readable by an access list, which shows as the group's bit.
    [Fact]
    public void A_service_managers_credential_may_show_the_groups_bit()
    {
        if (OperatingSystem.IsWindows())
            return;
        string[] show = ["node", "vault", "show", "--data", "node", "--key-file", "given/key"];
        Directory.CreateDirectory(shell.PathOf("given"));
        Assert.Equal(0, shell.Run(null, "node", "init", "--data", "node", "--key-file", "given/key", "--no-passphrase").ExitCode);
        File.SetUnixFileMode(shell.PathOf("given/key"), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        AssertRefused(2, "0600", null, show);

        shell.Environment["CREDENTIALS_DIRECTORY"] = shell.PathOf("given");
        Assert.Equal(0, shell.Run(null, show).ExitCode);
        File.SetUnixFileMode(shell.PathOf("given/key"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        AssertRefused(2, "0600", null, show);
        shell.Environment["CREDENTIALS_DIRECTORY"] = shell.Directory;
        File.SetUnixFileMode(shell.PathOf("given/key"), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        AssertRefused(2, "0600", null, show);
    }

    [Fact]
    public void Nothing_is_overwritten_and_every_mistake_is_named()
    {
        Assert.Equal(0, shell.Run("secret", "node", "init", "--data", "node").ExitCode);
        var before = File.ReadAllBytes(shell.PathOf("node/vault.db"));
        AssertRefused(2, "nothing is overwritten", "secret", "node", "init", "--data", "node");
        AssertRefused(2, "wrong passphrase", "wrong", "node", "vault", "verify", "--data", "node");
        AssertRefused(2, "no such vault", "secret", "node", "vault", "show", "--data", "nowhere");
        AssertRefused(2, "A passphrase is needed", null, "node", "vault", "show", "--data", "node");
        AssertRefused(2, "--no-passphrase takes --key-file", null, "node", "init", "--data", "other", "--no-passphrase");
        AssertRefused(2, "not an anchor", "secret", "node", "vault", "verify", "--data", "node", "--anchor", "nonsense");
        AssertRefused(2, "Not a backup", null, "backup", "verify", "node/vault.db");
        Assert.Equal(before, File.ReadAllBytes(shell.PathOf("node/vault.db")));
    }

    [Fact]
    public void A_damaged_backup_is_no_and_not_cannot()
    {
        Assert.Equal(0, shell.Run(null, "node", "init", "--data", "node", "--key-file", "key", "--no-passphrase").ExitCode);
        Assert.Equal((0, ""), Outcome(shell.Run(null, "backup", "create", "--data", "node", "--out", "b", "--key-file", "key", "--backup-key-file", "bkey", "--no-backup-passphrase")));
        AssertRefused(2, "nothing is overwritten", null, "backup", "create", "--data", "node", "--out", "b", "--key-file", "key", "--backup-key-file", "bkey", "--no-backup-passphrase");
        var bytes = File.ReadAllBytes(shell.PathOf("b"));
        bytes[^1] ^= 1;
        File.WriteAllBytes(shell.PathOf("c"), bytes);
        AssertRefused(1, "not what was written", null, "backup", "verify", "c", "--backup-key-file", "bkey");
        AssertRefused(1, "not what was written", null, "backup", "restore", "c", "--data", "again", "--backup-key-file", "bkey", "--key-file", "key", "--no-passphrase");
        Assert.False(File.Exists(shell.PathOf("again/vault.db")));
    }

    [Theory]
    [InlineData("node", "init")]
    [InlineData("node", "vault", "show")]
    [InlineData("node", "vault", "verify")]
    [InlineData("backup", "create")]
    [InlineData("backup", "verify")]
    [InlineData("backup", "restore")]
    public void Every_command_helps_with_an_example(params string[] command) =>
        Assert.Contains($"quorate {string.Join(' ', command)} ", shell.Run(null, [.. command, "--help"]).Output, StringComparison.Ordinal);

    JsonElement Show(string data, string passphrase)
    {
        var result = shell.Run(passphrase, "node", "vault", "show", "--data", data, "--json");
        Assert.Equal((0, ""), Outcome(result));
        return JsonDocument.Parse(result.Output).RootElement;
    }

    static (int, string) Outcome(Shell.Result result) => (result.ExitCode, result.Error);

    void AssertRefused(int code, string says, string? passphrase, params string[] arguments)
    {
        var result = shell.Run(passphrase, arguments);
        Assert.Equal((code, true), (result.ExitCode, result.Error.Contains(says, StringComparison.Ordinal)));
    }
}
