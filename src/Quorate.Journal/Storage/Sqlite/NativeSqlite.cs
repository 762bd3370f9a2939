using System.Reflection;
using System.Runtime.InteropServices;

namespace Quorate.Journal.Storage.Sqlite;

/// <summary>
/// Which SQLite runs: the system's libsqlite3, which its maintainers keep mended, or where there is none, the one the
/// package brings, 3.35.5 of 2021.
/// </summary>
static class NativeSqlite
{
    const string PackagedName = "e_sqlite3";

    static readonly string[] systemNames = OperatingSystem.IsLinux() ? ["libsqlite3.so.0"]
        : OperatingSystem.IsMacOS() ? ["libsqlite3.dylib"]
        : OperatingSystem.IsWindows() ? ["winsqlite3.dll"]
        : [];

    static readonly Lazy<string> loaded = new(Load);

    /// <summary>Loads SQLite once; its version, for people.</summary>
    internal static string Version => loaded.Value;

    static string Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly, Resolve);
        SQLitePCL.Batteries_V2.Init();
        return SQLitePCL.raw.sqlite3_libversion().utf8_to_string();
    }

    // Zero sends the runtime on to the packaged library.
    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name == PackagedName)
            foreach (var candidate in systemNames)
                if (NativeLibrary.TryLoad(candidate, assembly, DllImportSearchPath.SafeDirectories, out var handle))
                    return handle;
        return 0;
    }
}
