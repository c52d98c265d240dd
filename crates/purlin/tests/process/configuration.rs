//! Where the configuration comes from.
//!
//! S-260.

use std::fs;
use std::path::Path;

use crate::process::{Ran, command, run};

pub(crate) fn a_misspelt_level_of_the_log_is_a_mistake() {
    for mode in ["check", "serve"] {
        let ran = run(&[mode, "--set", "log.level=inof"]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        for told in ["P0401", "`log.level`", "`inof` is no level, `info` exists"] {
            assert!(ran.err.contains(told), "{ran:?}");
        }
    }
    let ran = run(&["config", "show", "--set", "log.level=warn,purlin::request=off"]);
    assert!(ran.out.contains("warn,purlin::request=off"), "{ran:?}");
}

pub(crate) fn what_a_request_may_take_is_configured() {
    let variables = [("PURLIN__REQUESTS__BODY_LIMIT", "2MiB"), ("PURLIN__REQUESTS__TIMEOUT", "5s")];
    let ran = Ran::of(&command(&["config", "show"]).envs(variables).output().unwrap());
    let row = |key: &str| {
        let mut rows = ran.out.lines().filter(|line| line.contains(key));
        rows.next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for (key, value) in [
        ("requests.body_limit", "2MiB environment variable PURLIN__REQUESTS__BODY_LIMIT"),
        ("requests.query_limit", "1000 default"),
        ("requests.timeout", "5s environment variable PURLIN__REQUESTS__TIMEOUT"),
    ] {
        assert!(row(key).contains(value), "{ran:?}");
    }
    let ran = run(&["check", "--set", "requests.timeout=0s"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("`requests.timeout` must be longer than nothing"), "{ran:?}");
}

/// S-036
pub(crate) fn what_is_typed_beats_a_list_that_is_not() {
    let listen = "unix:/no/such/folder/purlin.sock";
    let serve = |arguments: &[&str]| {
        Ran::of(&command(arguments).env("PURLIN__SERVER__LISTEN", listen).output().unwrap())
    };
    let ran = serve(&["serve"]);
    let told = format!("cannot listen on {listen}: there is no such folder; make it");
    assert!(ran.err.contains(&told), "{ran:?}");
    let ran = serve(&["serve", "--host", "192.0.2.1"]);
    assert!(ran.err.contains("cannot listen on 192.0.2.1:3000"), "{ran:?}");
    let ran = serve(&["config", "show"]);
    assert!(ran.out.contains(listen) && ran.out.contains("server.read_buffer"), "{ran:?}");
}

/// S-036, S-260: a port or a host that a stronger layer says is listened on, whatever list a weaker one
/// has.
pub(crate) fn a_list_in_the_file_gives_way_to_an_address_that_was_said_over_it() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("process-listen");
    fs::create_dir_all(&folder).unwrap();
    let listen = "unix:/no/such/folder/purlin.sock";
    let file = format!(
        "[server]\nlisten = ['{listen}']\nhost = '192.0.2.1'\nport = 7\n[test.server]\nport = 8\n"
    );
    fs::write(folder.join("purlin.toml"), file).unwrap();
    let check = |mode: &str, variables: &[(&str, &str)], address: &str| {
        let mut command = command(&["serve", "--mode", mode]);
        command.current_dir(&folder).envs(variables.iter().copied());
        let ran = Ran::of(&command.output().unwrap());
        let told = format!("cannot listen on {address}: ");
        assert!(ran.err.contains(&told), "{mode} {variables:?} {ran:?}");
    };
    let [host, port, list] = ["HOST", "PORT", "LISTEN"].map(|key| format!("PURLIN__SERVER__{key}"));
    let other = "unix:/no/such/folder/other.sock";
    check("prod", &[], listen);
    check("prod", &[(&port, "9")], "192.0.2.1:9");
    check("prod", &[(&host, "192.0.2.1")], "192.0.2.1:7");
    check("prod", &[(&port, "9"), (&list, other)], other);
    check("test", &[], "192.0.2.1:8");
    fs::write(folder.join(".env"), format!("{port}=9\n")).unwrap();
    check("dev", &[], "192.0.2.1:9");
    check("dev", &[(&list, other)], other);
}

/// As `cargo run -p process` finds it, which says where the crate is and runs elsewhere.
pub(crate) fn a_file_of_variables_may_lie_in_the_folder_of_the_crate() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("process-crate");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(".env"), "PURLIN__SERVER__PORT=4321\n").unwrap();
    let mut command = command(&["config", "show"]);
    let ran = Ran::of(&command.env("CARGO_MANIFEST_DIR", &folder).output().unwrap());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("4321"), "{ran:?}");
    let ran = Ran::of(&command.args(["--mode", "prod"]).output().unwrap());
    assert!(!ran.out.contains("4321"), "{ran:?}");
}

pub(crate) fn a_variable_that_is_no_text_is_named() {
    #[cfg(unix)]
    {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        let latin = OsStr::from_bytes(b"caf\xe9");
        let ran = Ran::of(&command(&["check"]).env("CAFE", latin).output().unwrap());
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let ran =
            Ran::of(&command(&["check"]).env("PURLIN__SERVER__HOST", latin).output().unwrap());
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.err.contains("`PURLIN__SERVER__HOST` is not UTF-8"), "{ran:?}");
    }
}
