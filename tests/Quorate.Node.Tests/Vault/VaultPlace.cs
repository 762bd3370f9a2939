using Microsoft.Data.Sqlite;
using Quorate.Cryptography.Secrets;
using Quorate.Journal.Storage.Sqlite;
using Quorate.Node.Vault;

namespace Quorate.Node.Tests.Vault;

/// <summary>A directory with a vault in it, under a key file that every test knows, and ways to tamper with its rows.</summary>
sealed class VaultPlace : IDisposable
{
    internal VaultPlace(bool isEmpty = false)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("quorate-vault-").FullName;
        if (!isEmpty)
            Create(File);
    }

    internal static DateTimeOffset Noon { get; } = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    internal string Directory { get; }

    internal string File => PathOf("vault.db");

    internal string PathOf(string name) => Path.Combine(Directory, name);

    internal static KeyCredential Credential(byte of = 7) => new(null, new(Enumerable.Repeat(of, KekFile.Size).ToArray()));

    internal static OpenKeyEncryption Kek(byte of = 7) => parameters =>
    {
        using var credential = Credential(of);
        return credential.Open(parameters, SystemRandom.Shared);
    };

    internal static IKeyEncryption NewKek(byte of = 7)
    {
        using var credential = Credential(of);
        return credential.Create(SystemRandom.Shared);
    }

    internal static void Create(string file)
    {
        using var kek = NewKek();
        NodeVault.Create(file, kek, SystemRandom.Shared);
    }

    internal NodeVault Open(VaultAnchor? anchor = null, Action<VaultAnchor>? keep = null) => OpenAt(File, anchor, keep);

    internal static NodeVault OpenAt(string file, VaultAnchor? anchor = null, Action<VaultAnchor>? keep = null) =>
        NodeVault.Open(file, Kek(), SystemRandom.Shared, anchor, keep);

    /// <summary>A copy of the closed vault's file.</summary>
    internal string Copy(string name)
    {
        System.IO.File.Copy(File, PathOf(name));
        return PathOf(name);
    }

    internal void Sql(string sql) => SqlAt(File, sql);

    internal static void SqlAt(string file, string sql)
    {
        using var connection = DurableSqlite.Open(file, 1_000);
        connection.Execute(sql);
    }

    /// <summary>Puts another database's rows beside this one's, as the schema <c>other</c>.</summary>
    internal void SqlWith(string other, string sql) => Sql($"ATTACH '{other}' AS other; {sql}");

    internal byte[] Blob(string table, string column, string name)
    {
        using var connection = DurableSqlite.Open(File, 1_000);
        return (byte[])connection.Scalar($"SELECT {column} FROM {table} {(table == "vault" ? "" : $"WHERE name = '{name}'")}")!;
    }

    internal void SetBlob(string table, string column, string name, byte[] value)
    {
        using var connection = DurableSqlite.Open(File, 1_000);
        connection.Execute("PRAGMA synchronous = OFF");
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"UPDATE {table} SET {column} = @value {(table == "vault" ? "" : $"WHERE name = '{name}'")}";
        command.Parameters.AddWithValue("@value", value);
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
